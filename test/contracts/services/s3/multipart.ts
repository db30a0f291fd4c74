import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { errorOf, freshKey, getText, put, type S3Suite } from './suite.ts';

const MIN_PART_BYTES = 5 * 1024 ** 2;
const LARGE = Buffer.alloc(MIN_PART_BYTES, 'large ');
const SMALL = Buffer.from('small');

export function multipart({ s3, moto }: S3Suite): void {
  interface Begun {
    readonly Bucket: string;
    readonly Key: string;
    readonly UploadId: string;
  }

  async function begin(input: Partial<CreateMultipartUploadCommandInput> = {}): Promise<Begun> {
    const at = { Bucket: s3().bucket, Key: freshKey() };
    const { UploadId } = await s3().client.send(new CreateMultipartUploadCommand({ ...at, ...input }));
    return { ...at, UploadId: UploadId ?? '' };
  }

  async function upload(begun: Begun, PartNumber: number, Body: Buffer): Promise<CompletedPart> {
    const { ETag, ChecksumCRC32 } = await s3().client.send(new UploadPartCommand({ ...begun, PartNumber, Body }));
    return { PartNumber, ETag, ChecksumCRC32 };
  }

  const complete = (begun: Begun, Parts: CompletedPart[], input: Partial<CompleteMultipartUploadCommandInput> = {}) =>
    s3().client.send(new CompleteMultipartUploadCommand({ ...begun, MultipartUpload: { Parts }, ...input }));

  describe('multipart uploads', () => {
    it('makes one object of its parts, whatever the order of their coming', async () => {
      const begun = await begin({ ContentType: 'text/csv', Metadata: { kept: 'yes' } });
      const second = await upload(begun, 7, SMALL);
      const first = await upload(begun, 3, LARGE);
      await expect(getText(s3(), begun.Key)).rejects.toMatchObject(errorOf('NoSuchKey', 404));
      const { ETag } = await complete(begun, [first, second]);
      const read = await s3().client.send(new GetObjectCommand({ Bucket: begun.Bucket, Key: begun.Key }));
      const bytes = Buffer.from((await read.Body?.transformToByteArray()) ?? []);
      expect(bytes.equals(Buffer.concat([LARGE, SMALL]))).toBe(true);
      expect(read).toMatchObject({ ContentType: 'text/csv', Metadata: { kept: 'yes' }, ETag });
      expect(ETag).toBe(`"${md5(Buffer.concat([LARGE, SMALL].map((part) => md5(part)))).toString('hex')}-2"`);
    });

    it('replaces a part that is uploaded again', async () => {
      const begun = await begin();
      await upload(begun, 1, Buffer.from('wrong'));
      const part = await upload(begun, 1, SMALL);
      await complete(begun, [part]);
      expect(await getText(s3(), begun.Key)).toBe('small');
    });

    it('lists the parts so far, page by page', async () => {
      const begun = await begin();
      const parts = [await upload(begun, 1, SMALL), await upload(begun, 2, SMALL), await upload(begun, 9, SMALL)];
      const first = await s3().client.send(new ListPartsCommand({ ...begun, MaxParts: 2 }));
      expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2', MaxParts: 2 });
      expect(first.Parts).toMatchObject([{ PartNumber: 1, Size: 5, ETag: parts[0]?.ETag }, { PartNumber: 2 }]);
      const rest = await s3().client.send(
        new ListPartsCommand({ ...begun, PartNumberMarker: first.NextPartNumberMarker }),
      );
      expect(rest.IsTruncated).toBe(false);
      expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([9]);
    });

    it.skipIf(moto)('forgets an aborted upload (moto answers 500 to its completion)', async () => {
      const begun = await begin();
      const part = await upload(begun, 1, SMALL);
      await s3().client.send(new AbortMultipartUploadCommand(begun));
      const gone = errorOf('NoSuchUpload', 404);
      await expect(complete(begun, [part])).rejects.toMatchObject(gone);
    });

    it.skipIf(moto)('fails on parts out of order, and stays open (moto sorts them)', async () => {
      const begun = await begin();
      const first = await upload(begun, 1, LARGE);
      const second = await upload(begun, 2, LARGE);
      await expect(complete(begun, [second, first])).rejects.toMatchObject(errorOf('InvalidPartOrder', 400));
      await complete(begun, [first, second]);
      expect(
        (await s3().client.send(new HeadObjectCommand({ Bucket: begun.Bucket, Key: begun.Key }))).ContentLength,
      ).toBe(2 * MIN_PART_BYTES);
    });

    it('fails on a part that was not uploaded and on one that is another now', async () => {
      const begun = await begin();
      const part = await upload(begun, 1, SMALL);
      const invalid = errorOf('InvalidPart', 400);
      await expect(complete(begun, [part, { ...part, PartNumber: 2 }])).rejects.toMatchObject(invalid);
      await expect(complete(begun, [{ ...part, ETag: '"0123456789abcdef0123456789abcdef"' }])).rejects.toMatchObject(
        invalid,
      );
    });

    it('fails on a part below 5 MiB that is not the last', async () => {
      const begun = await begin();
      const parts = [await upload(begun, 1, SMALL), await upload(begun, 2, SMALL)];
      await expect(complete(begun, parts)).rejects.toMatchObject(errorOf('EntityTooSmall', 400));
    });

    it('fails on no parts at all', async () => {
      const begun = await begin();
      await expect(complete(begun, [])).rejects.toMatchObject(errorOf('MalformedXML', 400));
    });

    it.each(moto ? [10_001] : [0, 10_001])(
      `fails on part number %i${moto ? ' (0 left out: moto answers NoSuchUpload)' : ''}`,
      async (PartNumber) => {
        const begun = await begin();
        await expect(upload(begun, PartNumber, SMALL)).rejects.toMatchObject(errorOf('InvalidArgument', 400));
      },
    );

    it.skipIf(moto)('fails on parts of an upload that there is not, and on its abort (moto answers 500)', async () => {
      const begun = { Bucket: s3().bucket, Key: freshKey(), UploadId: 'no-such-upload' };
      const gone = errorOf('NoSuchUpload', 404);
      await expect(upload(begun, 1, SMALL)).rejects.toMatchObject(gone);
      await expect(s3().client.send(new ListPartsCommand(begun))).rejects.toMatchObject(gone);
      await expect(s3().client.send(new AbortMultipartUploadCommand(begun))).rejects.toMatchObject(gone);
    });

    it('completes only where nothing is, when asked to', async () => {
      const begun = await begin();
      const part = await upload(begun, 1, SMALL);
      await put(s3(), begun.Key, { Body: 'was faster' });
      const late = complete(begun, [part], { IfNoneMatch: '*' });
      await expect(late).rejects.toMatchObject(errorOf('PreconditionFailed', 412));
      expect(await getText(s3(), begun.Key)).toBe('was faster');
    });

    it.skipIf(moto)('completes only over what was read, when asked to (moto ignores If-Match here)', async () => {
      const begun = await begin();
      const part = await upload(begun, 1, SMALL);
      const { ETag } = await put(s3(), begun.Key, { Body: 'known' });
      const stale = complete(begun, [part], { IfMatch: '"0123456789abcdef0123456789abcdef"' });
      await expect(stale).rejects.toMatchObject(errorOf('PreconditionFailed', 412));
      await complete(begun, [part], { IfMatch: ETag });
      expect(await getText(s3(), begun.Key)).toBe('small');
    });

    it.skipIf(moto)('reads one part of what was made of parts (moto sends the whole)', async () => {
      const begun = await begin();
      await complete(begun, [await upload(begun, 1, LARGE), await upload(begun, 2, SMALL)]);
      const read = await s3().client.send(
        new GetObjectCommand({ Bucket: begun.Bucket, Key: begun.Key, PartNumber: 2 }),
      );
      expect(await read.Body?.transformToString()).toBe('small');
      expect(read).toMatchObject({ PartsCount: 2, ContentLength: 5 });
    });

    it.skipIf(moto)('makes a checksum of the checksums of its parts (moto makes none)', async () => {
      const begun = await begin({ ChecksumAlgorithm: 'CRC32' });
      const parts = [await upload(begun, 1, LARGE), await upload(begun, 2, SMALL)];
      const completed = await complete(begun, parts);
      expect(completed.ChecksumCRC32).toMatch(/^[\w+/]{6}==-2$/);
      const at = { Bucket: begun.Bucket, Key: begun.Key };
      const head = await s3().client.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
      expect(head.ChecksumCRC32).toBe(completed.ChecksumCRC32);
    });

    it.skipIf(moto)('fails on a part whose checksum is left out at the end (moto does not ask for it)', async () => {
      const begun = await begin({ ChecksumAlgorithm: 'CRC32' });
      const { PartNumber, ETag } = await upload(begun, 1, SMALL);
      await expect(complete(begun, [{ PartNumber, ETag }])).rejects.toMatchObject(errorOf('InvalidRequest', 400));
    });

    it.skipIf(moto)('fails on a part whose content is damaged (moto compares none)', async () => {
      const begun = await begin();
      const damaged = new UploadPartCommand({ ...begun, PartNumber: 1, Body: SMALL, ChecksumCRC32: 'AAAAAA==' });
      await expect(s3().client.send(damaged)).rejects.toMatchObject(errorOf('BadDigest', 400));
    });
  });
}

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();
