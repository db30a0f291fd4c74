import { describe, expect, it } from 'vitest';
import { errorOf, freshKey, getText, put, type S3Suite } from './suite.ts';

const CONTENDERS = 50;

export function conditionalWrites({ s3, moto }: S3Suite): void {
  describe('conditional writes', () => {
    it('writes what must not be there yet once only', async () => {
      const Key = freshKey();
      await put(s3(), Key, { Body: 'first', IfNoneMatch: '*' });
      const second = put(s3(), Key, { Body: 'second', IfNoneMatch: '*' });
      await expect(second).rejects.toMatchObject(errorOf('PreconditionFailed', 412));
      expect(await getText(s3(), Key)).toBe('first');
    });

    it('replaces exactly what was read', async () => {
      const Key = freshKey();
      const first = await put(s3(), Key, { Body: 'first' });
      const second = await put(s3(), Key, { Body: 'second', IfMatch: first.ETag });
      const stale = put(s3(), Key, { Body: 'third', IfMatch: first.ETag });
      await expect(stale).rejects.toMatchObject(errorOf('PreconditionFailed', 412));
      expect(await getText(s3(), Key, { IfMatch: second.ETag })).toBe('second');
    });

    it('fails with 404 where there is nothing to replace', async () => {
      const missing = put(s3(), freshKey(), { IfMatch: '"0123456789abcdef0123456789abcdef"' });
      await expect(missing).rejects.toMatchObject(errorOf('NoSuchKey', 404));
    });

    it.skipIf(moto)('fails on an If-None-Match of anything but * (moto ignores it)', async () => {
      const one = put(s3(), freshKey(), { IfNoneMatch: '"0123456789abcdef0123456789abcdef"' });
      await expect(one).rejects.toMatchObject(errorOf('NotImplemented', 501));
    });

    // moto checks and writes in two steps of a server with threads, so that several can win.
    it.skipIf(moto)(`lets one of ${CONTENDERS} concurrent first writes win`, async () => {
      const Key = freshKey();
      const attempts = Array.from({ length: CONTENDERS }, (_, number) =>
        put(s3(), Key, { Body: `writer ${number}`, IfNoneMatch: '*' }),
      );
      const results = await Promise.allSettled(attempts);
      const winners = results.flatMap(({ status }, number) => (status === 'fulfilled' ? [number] : []));
      const losers = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason.$metadata.httpStatusCode] : [],
      );
      expect(winners).toHaveLength(1);
      expect(losers.filter((status) => status !== 412 && status !== 409)).toEqual([]);
      expect(await getText(s3(), Key)).toBe(`writer ${winners[0]}`);
    });
  });
}
