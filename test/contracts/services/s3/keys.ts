import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { errorOf, freshKey, getText, put, type S3Suite } from './suite.ts';

const ODD_KEYS = [
  'with space',
  ' leading and trailing ',
  'plus+and%41percent',
  'question?and#hash',
  'amp&lt<gt>quote"apos\'',
  'ünïcödé/日本/😀',
  'a//b///',
  'semi;colon:at@equals=comma,dollar$',
  'back\\slash|pipe^caret`tick{brace}[bracket]~tilde*star!(paren)',
  '007',
  '__proto__',
];

/** A file system would go astray with these. */
const DOT_KEYS = ['../../escape', 'a/../b', './here', 'deep/../../../../../../../../etc/passwd', '..', '.'];

export function keys({ s3, moto }: S3Suite): void {
  describe('keys', () => {
    it.each(ODD_KEYS)('takes the key %j and lists it', async (odd) => {
      const { client, bucket } = s3();
      const Key = freshKey(odd);
      const Prefix = Key.slice(0, 37);
      await put(s3(), Key, { Body: odd });
      expect(await getText(s3(), Key)).toBe(odd);
      const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
      expect(listed.Contents?.map((object) => object.Key)).toEqual([Key]);
    });

    it.each(DOT_KEYS)('takes the key %j as it is', async (dots) => {
      const { client, bucket } = s3();
      const prefix = freshKey('');
      await put(s3(), `${prefix}${dots}`, { Body: dots });
      expect(await getText(s3(), `${prefix}${dots}`)).toBe(dots);
      const listed = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      expect(listed.Contents?.map((object) => object.Key)).toEqual([`${prefix}${dots}`]);
    });

    it('takes a key of 1024 bytes', async () => {
      const Key = freshKey('k'.repeat(1024 - 37));
      await put(s3(), Key);
      expect(await getText(s3(), Key)).toBe('content');
    });

    it.skipIf(moto)('fails on a key of more than 1024 bytes (moto takes it)', async () => {
      const Key = freshKey('é'.repeat(513));
      await expect(put(s3(), Key)).rejects.toMatchObject(errorOf('KeyTooLongError', 400));
    });

    it('tells keys apart that differ in case or in a trailing slash', async () => {
      const { client, bucket } = s3();
      const prefix = freshKey('');
      await put(s3(), `${prefix}key`, { Body: 'lower' });
      await put(s3(), `${prefix}KEY`, { Body: 'upper' });
      expect(await getText(s3(), `${prefix}key`)).toBe('lower');
      const missing = new HeadObjectCommand({ Bucket: bucket, Key: `${prefix}key/` });
      await expect(client.send(missing)).rejects.toMatchObject(errorOf('NotFound', 404));
    });
  });
}
