import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { signedFetch } from './signed-fetch.ts';
import { errorOf, freshKey, getText, put, type S3Suite } from './suite.ts';

const CONTENT = '123456789';

/** The check values of the algorithms, from their definitions, not computed by what is tested. */
const RIGHT: ReadonlyArray<[name: string, input: Partial<PutObjectCommandInput>]> = [
  ['CRC32', { ChecksumCRC32: hexToBase64('cbf43926') }],
  ['CRC32C', { ChecksumCRC32C: hexToBase64('e3069283') }],
  ['CRC64NVME', { ChecksumCRC64NVME: hexToBase64('ae8b14860a799888') }],
  ['SHA1', { ChecksumSHA1: hexToBase64('f7c3bc1d808e04732adf679965ccc34ca7ae3441') }],
  ['SHA256', { ChecksumSHA256: hexToBase64('15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225') }],
];

const WRONG: ReadonlyArray<[name: string, input: Partial<PutObjectCommandInput>]> = [
  ['CRC32', { ChecksumCRC32: hexToBase64('00000001') }],
  ['CRC32C', { ChecksumCRC32C: hexToBase64('00000001') }],
  ['SHA1', { ChecksumSHA1: hexToBase64('00'.repeat(20)) }],
  ['SHA256', { ChecksumSHA256: hexToBase64('00'.repeat(32)) }],
];

export function integrity({ s3, moto }: S3Suite): void {
  describe('integrity', () => {
    it.skipIf(moto).each(RIGHT)(
      'checks the %s of content, tells it at the put and on demand (moto does not)',
      async (_name, input) => {
        const { client, bucket } = s3();
        const Key = freshKey();
        expect(await put(s3(), Key, { Body: CONTENT, ...input })).toMatchObject(input);
        const asked = await client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));
        expect(asked).toMatchObject(input);
        // The SDK compares it with what it reads.
        expect(await getText(s3(), Key, { ChecksumMode: 'ENABLED' })).toBe(CONTENT);
      },
    );

    it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
      'tells the %s that the SDK has computed',
      async (ChecksumAlgorithm) => {
        const { client, bucket } = s3();
        const Key = freshKey();
        await put(s3(), Key, { Body: CONTENT, ChecksumAlgorithm });
        const asked = await client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));
        expect(asked).toMatchObject(Object.fromEntries(RIGHT)[ChecksumAlgorithm] ?? {});
      },
    );

    it.skipIf(moto).each(WRONG)(
      'fails on content that is not what %s says, and stores nothing (moto compares none)',
      async (_name, input) => {
        const Key = freshKey();
        await expect(put(s3(), Key, { Body: CONTENT, ...input })).rejects.toMatchObject(errorOf('BadDigest', 400));
        await expect(getText(s3(), Key)).rejects.toMatchObject(errorOf('NoSuchKey', 404));
      },
    );

    it.skipIf(moto)('fails on a value that cannot be a checksum (moto compares none)', async () => {
      const input = { Body: CONTENT, ChecksumSHA256: 'AAAA' };
      await expect(put(s3(), freshKey(), input)).rejects.toMatchObject(errorOf('InvalidRequest', 400));
    });

    it('takes content by its MD5', async () => {
      const Key = freshKey();
      await put(s3(), Key, { Body: CONTENT, ContentMD5: createHash('md5').update(CONTENT).digest('base64') });
      expect(await getText(s3(), Key)).toBe(CONTENT);
    });

    it.skipIf(moto)('fails on content of another MD5 (moto compares none)', async () => {
      const input = { Body: CONTENT, ContentMD5: createHash('md5').update('other').digest('base64') };
      await expect(put(s3(), freshKey(), input)).rejects.toMatchObject(errorOf('BadDigest', 400));
    });

    it.skipIf(moto)('fails on text that is no MD5 (moto reads none)', async () => {
      const input = { Body: CONTENT, ContentMD5: 'not an MD5' };
      await expect(put(s3(), freshKey(), input)).rejects.toMatchObject(errorOf('InvalidDigest', 400));
    });

    it('tells the checksum that came behind a stream', async () => {
      const { client, bucket } = s3();
      const Key = freshKey();
      await put(s3(), Key, { Body: Readable.from([Buffer.from(CONTENT)]), ContentLength: CONTENT.length });
      const read = await client.send(new GetObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));
      expect(await read.Body?.transformToString()).toBe(CONTENT);
      expect(read.ChecksumCRC32).toBe(hexToBase64('cbf43926'));
    });

    it.skipIf(moto)('fails on a stream whose trailing checksum is of something else (moto compares none)', async () => {
      const Key = freshKey();
      const response = await putFramed(Key, { trailer: crcOf('other') });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('<Code>BadDigest</Code>');
      await expect(getText(s3(), Key)).rejects.toMatchObject(errorOf('NoSuchKey', 404));
    });

    it('takes a framed body with the right trailing checksum', async () => {
      const Key = freshKey();
      expect((await putFramed(Key, { trailer: crcOf(CONTENT) })).status).toBe(200);
      expect(await getText(s3(), Key)).toBe(CONTENT);
    });

    it.skipIf(moto)('fails on a framed body that is shorter than announced (moto does not count)', async () => {
      const response = await putFramed(freshKey(), { trailer: crcOf(CONTENT), announced: CONTENT.length + 1 });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('<Code>IncompleteBody</Code>');
    });

    it.skipIf(moto)('fails on a body that is not the one whose hash was signed (moto compares none)', async () => {
      const response = await signedFetch(s3(), freshKey(), {
        method: 'PUT',
        body: CONTENT,
        headers: { 'x-amz-content-sha256': createHash('sha256').update('other').digest('hex') },
      });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
    });
  });

  function putFramed(key: string, { trailer, announced = CONTENT.length }: { trailer: string; announced?: number }) {
    const [start, rest] = [CONTENT.slice(0, 4), CONTENT.slice(4)];
    const frames = [start, rest].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('');
    return signedFetch(s3(), key, {
      method: 'PUT',
      body: `${frames}0\r\nx-amz-checksum-crc32:${trailer}\r\n\r\n`,
      headers: {
        'content-encoding': 'aws-chunked',
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': String(announced),
        'x-amz-trailer': 'x-amz-checksum-crc32',
      },
    });
  }
}

function hexToBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

const crcOf = (text: string) => hexToBase64(crc32(text).toString(16).padStart(8, '0'));
