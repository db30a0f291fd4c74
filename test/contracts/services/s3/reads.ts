import { GetObjectCommand, HeadObjectCommand, NoSuchKey, NotFound } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { errorOf, freshKey, getText, put, type S3Suite } from './suite.ts';

const RANGES: ReadonlyArray<[range: string, text: string, contentRange: string]> = [
  ['bytes=0-3', '0123', 'bytes 0-3/10'],
  ['bytes=4-4', '4', 'bytes 4-4/10'],
  ['bytes=7-', '789', 'bytes 7-9/10'],
  ['bytes=-3', '789', 'bytes 7-9/10'],
  ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ['bytes=5-99', '56789', 'bytes 5-9/10'],
];

const HOUR_MS = 3_600_000;

export function reads({ s3, moto }: S3Suite): void {
  describe('reads', () => {
    it.each(RANGES)('answers the range %s with its part', async (Range, text, contentRange) => {
      const { client, bucket } = s3();
      const Key = freshKey();
      await put(s3(), Key, { Body: '0123456789' });
      const read = await client.send(new GetObjectCommand({ Bucket: bucket, Key, Range }));
      expect(read).toMatchObject({
        ContentRange: contentRange,
        ContentLength: text.length,
        $metadata: { httpStatusCode: 206 },
      });
      expect(await read.Body?.transformToString()).toBe(text);
    });

    it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('fails on the range %s of ten bytes', async (Range) => {
      const Key = freshKey();
      await put(s3(), Key, { Body: '0123456789' });
      await expect(getText(s3(), Key, { Range })).rejects.toMatchObject(errorOf('InvalidRange', 416));
    });

    it('tells of an object without sending it', async () => {
      const { client, bucket } = s3();
      const Key = freshKey();
      const before = Math.floor(Date.now() / 1000) * 1000;
      await put(s3(), Key, { Body: '0123456789', ContentType: 'text/csv' });
      const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
      expect(head).toMatchObject({ ContentLength: 10, ContentType: 'text/csv', AcceptRanges: 'bytes' });
      expect(head.LastModified?.getTime()).toBeGreaterThanOrEqual(before);
    });

    it('fails with NoSuchKey for a get and with NotFound for a head of what is not there', async () => {
      const { client, bucket } = s3();
      const missing = { Bucket: bucket, Key: freshKey() };
      const get = await client.send(new GetObjectCommand(missing)).catch((error: unknown) => error);
      const head = await client.send(new HeadObjectCommand(missing)).catch((error: unknown) => error);
      expect(get).toBeInstanceOf(NoSuchKey);
      expect(get).toMatchObject({ ...errorOf('NoSuchKey', 404), message: 'The specified key does not exist.' });
      expect(head).toBeInstanceOf(NotFound);
    });

    it('gives an id to every request, failed ones too', async () => {
      const { client, bucket } = s3();
      const { $metadata } = await put(s3(), freshKey());
      const failed = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key: freshKey() }))
        .catch((error) => error);
      expect($metadata.requestId).toMatch(/\w{16,}/);
      expect(failed.$metadata.requestId).toMatch(/\w{16,}/);
      expect(failed.$metadata.requestId).not.toBe($metadata.requestId);
    });

    it('sends nothing again to who has it: 304 by entity tag and by date', async () => {
      const Key = freshKey();
      const { ETag } = await put(s3(), Key);
      const notModified = { $metadata: { httpStatusCode: 304 } };
      const later = new Date(Date.now() + HOUR_MS);
      await expect(getText(s3(), Key, { IfNoneMatch: ETag })).rejects.toMatchObject(notModified);
      await expect(getText(s3(), Key, { IfModifiedSince: later })).rejects.toMatchObject(notModified);
    });

    it('sends what has changed', async () => {
      const Key = freshKey();
      const { ETag } = await put(s3(), Key);
      const earlier = new Date(Date.now() - HOUR_MS);
      expect(await getText(s3(), Key, { IfNoneMatch: '"0123456789abcdef0123456789abcdef"' })).toBe('content');
      expect(await getText(s3(), Key, { IfModifiedSince: earlier })).toBe('content');
      expect(await getText(s3(), Key, { IfMatch: ETag })).toBe('content');
    });

    it('fails with 412 where the object is not the expected one', async () => {
      const Key = freshKey();
      await put(s3(), Key);
      const failed = errorOf('PreconditionFailed', 412);
      const earlier = new Date(Date.now() - HOUR_MS);
      await expect(getText(s3(), Key, { IfMatch: '"0123456789abcdef0123456789abcdef"' })).rejects.toMatchObject(failed);
      await expect(getText(s3(), Key, { IfUnmodifiedSince: earlier })).rejects.toMatchObject(failed);
    });

    it.skipIf(moto)('answers with headers that the reader chooses (moto has its own)', async () => {
      const { client, bucket } = s3();
      const Key = freshKey();
      await put(s3(), Key, { ContentType: 'text/plain' });
      const chosen = { ResponseContentType: 'text/csv', ResponseContentDisposition: 'attachment; filename="a.csv"' };
      const read = await client.send(new GetObjectCommand({ Bucket: bucket, Key, ...chosen }));
      expect(read).toMatchObject({ ContentType: 'text/csv', ContentDisposition: 'attachment; filename="a.csv"' });
    });
  });
}
