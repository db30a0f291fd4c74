import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { errorOf, freshKey, put, type S3Suite } from './suite.ts';

export function listings({ s3, moto }: S3Suite): void {
  const list = (input: Omit<ListObjectsV2CommandInput, 'Bucket'>) =>
    s3().client.send(new ListObjectsV2Command({ Bucket: s3().bucket, ...input }));

  async function filled(names: readonly string[]): Promise<string> {
    const prefix = freshKey('');
    await Promise.all(names.map((name) => put(s3(), `${prefix}${name}`)));
    return prefix;
  }

  const shortened = (prefix: string, keys: ReadonlyArray<string | undefined> = []) =>
    keys.map((key) => key?.slice(prefix.length));

  describe('listings', () => {
    it('lists by prefix in the order of UTF-8 bytes', async () => {
      const prefix = await filled(['b', 'a', 'B', 'é', '\u{1f600}', '\uff21', 'a-', 'a/', 'a0']);
      const { Contents, KeyCount, IsTruncated } = await list({ Prefix: prefix });
      // UTF-16 would have the emoji before the full-width letter.
      const order = ['B', 'a', 'a-', 'a/', 'a0', 'b', 'é', '\uff21', '\u{1f600}'];
      expect(
        shortened(
          prefix,
          Contents?.map(({ Key }) => Key),
        ),
      ).toEqual(order);
      expect({ KeyCount, IsTruncated }).toEqual({ KeyCount: 9, IsTruncated: false });
    });

    it('tells size, entity tag, time and storage class', async () => {
      const Key = freshKey();
      const { ETag } = await put(s3(), Key, { Body: 'four' });
      const { Contents } = await list({ Prefix: Key });
      expect(Contents).toMatchObject([
        { Key, Size: 4, ETag, StorageClass: 'STANDARD', LastModified: expect.any(Date) },
      ]);
    });

    it('says that there is nothing', async () => {
      const listed = await list({ Prefix: freshKey('nothing') });
      expect(listed.Contents ?? []).toEqual([]);
      expect(listed).toMatchObject({ KeyCount: 0, IsTruncated: false });
    });

    it('folds keys into common prefixes up to the delimiter', async () => {
      const prefix = await filled(['a', 'b/1', 'b/2', 'c/d/1', 'c/e', 'f', 'b-']);
      const top = await list({ Prefix: prefix, Delimiter: '/' });
      expect(
        shortened(
          prefix,
          top.Contents?.map(({ Key }) => Key),
        ),
      ).toEqual(['a', 'b-', 'f']);
      expect(
        shortened(
          prefix,
          top.CommonPrefixes?.map(({ Prefix }) => Prefix),
        ),
      ).toEqual(['b/', 'c/']);
      expect(top.KeyCount).toBe(5);
      const below = await list({ Prefix: `${prefix}c/`, Delimiter: '/' });
      expect(
        shortened(
          prefix,
          below.Contents?.map(({ Key }) => Key),
        ),
      ).toEqual(['c/e']);
      expect(
        shortened(
          prefix,
          below.CommonPrefixes?.map(({ Prefix }) => Prefix),
        ),
      ).toEqual(['c/d/']);
    });

    it('takes a delimiter of several characters', async () => {
      const prefix = await filled(['a--1', 'a--2', 'a-3', 'b']);
      const { Contents, CommonPrefixes } = await list({ Prefix: prefix, Delimiter: '--' });
      expect(
        shortened(
          prefix,
          Contents?.map(({ Key }) => Key),
        ),
      ).toEqual(['a-3', 'b']);
      expect(
        shortened(
          prefix,
          CommonPrefixes?.map(({ Prefix }) => Prefix),
        ),
      ).toEqual(['a--']);
    });

    it.each([1, 2, 3, 5, 100])('gives every entry once in pages of %i, common prefixes among them', async (MaxKeys) => {
      const { client, bucket } = s3();
      const prefix = await filled(['a', 'b/1', 'b/2', 'b/3', 'c', 'd/1', 'e', 'f/1', 'f/2']);
      const entries: string[] = [];
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: '/', MaxKeys });
      for await (const page of pages) {
        const found = [
          ...(page.Contents ?? []).map(({ Key }) => Key),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        ];
        expect(found.length).toBeLessThanOrEqual(MaxKeys);
        expect(page.KeyCount).toBe(found.length);
        entries.push(...found.map((key) => key?.slice(prefix.length) ?? ''));
      }
      expect(entries.sort()).toEqual(['a', 'b/', 'c', 'd/', 'e', 'f/']);
    });

    it('says that a last full page is the last', async () => {
      const prefix = await filled(['a', 'b']);
      const { IsTruncated, NextContinuationToken } = await list({ Prefix: prefix, MaxKeys: 2 });
      expect({ IsTruncated, NextContinuationToken }).toEqual({ IsTruncated: false, NextContinuationToken: undefined });
    });

    it('starts after a key, whether there is one of that name or not', async () => {
      const prefix = await filled(['a', 'b', 'c', 'd']);
      const names = async (StartAfter: string) =>
        shortened(
          prefix,
          (await list({ Prefix: prefix, StartAfter: `${prefix}${StartAfter}` })).Contents?.map(({ Key }) => Key),
        );
      expect(await names('b')).toEqual(['c', 'd']);
      expect(await names('bb')).toEqual(['c', 'd']);
      expect(await names('z')).toEqual([]);
    });

    it('encodes keys for the URL when asked', async () => {
      const prefix = await filled(['ü(1)/x']);
      const { Contents, EncodingType } = await list({ Prefix: prefix, EncodingType: 'url' });
      expect(EncodingType).toBe('url');
      expect(decodeURIComponent(Contents?.[0]?.Key ?? '')).toBe(`${prefix}ü(1)/x`);
      expect(Contents?.[0]?.Key).toContain('%C3%BC');
    });

    it('shows a change at once', async () => {
      const prefix = await filled(['a']);
      await put(s3(), `${prefix}b`);
      expect((await list({ Prefix: prefix })).KeyCount).toBe(2);
    });

    it.skipIf(moto)('fails on a continuation token that it did not give (moto answers 500)', async () => {
      const listing = list({ ContinuationToken: 'no-token' });
      await expect(listing).rejects.toMatchObject(errorOf('InvalidArgument', 400));
    });

    it.skipIf(moto)('fails on a number of keys below zero (moto takes it)', async () => {
      await expect(list({ MaxKeys: -1 })).rejects.toMatchObject(errorOf('InvalidArgument', 400));
    });

    it.skipIf(moto)('folds versions into common prefixes, page by page (moto has another order)', async () => {
      const { client, versionedBucket } = s3();
      const prefix = freshKey('');
      for (const name of ['a/1', 'a/1', 'b', 'c/1', 'c/2'])
        await put({ client, bucket: versionedBucket }, `${prefix}${name}`);
      const found: Array<string | undefined> = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      for (let page = 0; page < 9; page++) {
        const input = { Bucket: versionedBucket, Prefix: prefix, Delimiter: '/', MaxKeys: 1, ...markers };
        const listed = await client.send(new ListObjectVersionsCommand(input));
        found.push(
          ...(listed.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
          ...(listed.Versions ?? []).map(({ Key }) => Key),
        );
        if (!listed.IsTruncated) break;
        markers = { KeyMarker: listed.NextKeyMarker, VersionIdMarker: listed.NextVersionIdMarker };
      }
      expect(shortened(prefix, found)).toEqual(['a/', 'b', 'c/']);
    });

    it('fails for a bucket that does not exist', async () => {
      const listing = s3().client.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket-here' }));
      await expect(listing).rejects.toMatchObject(errorOf('NoSuchBucket', 404));
    });
  });
}
