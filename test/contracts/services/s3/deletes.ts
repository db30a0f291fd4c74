import { DeleteObjectCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { signedFetch } from './signed-fetch.ts';
import { errorOf, freshKey, getText, put, type S3Suite } from './suite.ts';

export function deletes({ s3, moto }: S3Suite): void {
  describe('deletes', () => {
    it('deletes an object', async () => {
      const { client, bucket } = s3();
      const Key = freshKey();
      await put(s3(), Key);
      const deleted = await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      expect(deleted.$metadata.httpStatusCode).toBe(204);
      await expect(getText(s3(), Key)).rejects.toMatchObject(errorOf('NoSuchKey', 404));
    });

    it('finds nothing wrong with deleting what is not there', async () => {
      const { client, bucket } = s3();
      const deleted = await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: freshKey() }));
      expect(deleted.$metadata.httpStatusCode).toBe(204);
    });

    const batches: ReadonlyArray<[kind: string, names: readonly string[]]> = [
      ['plain', ['a', 'b', 'missing']],
      ['odd', ['b & <c>', ' d ', 'line\nend', 'tab\t', 'ünï', 'missing']],
    ];
    it.each(moto ? batches.slice(0, 1) : batches)(
      `deletes many objects with %s keys at once and names them${moto ? ' (odd ones left out: moto answers 500)' : ''}`,
      async (_kind, names) => {
        const { client, bucket } = s3();
        const prefix = freshKey('');
        const keys = names.map((name) => `${prefix}${name}`);
        await Promise.all([...keys.slice(0, -1), `${prefix}kept`].map((key) => put(s3(), key)));
        const Delete = { Objects: keys.map((Key) => ({ Key })) };
        const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
        expect(Deleted?.map(({ Key }) => Key).sort()).toEqual([...keys].sort());
        expect(Errors ?? []).toEqual([]);
        const left = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
        expect(left.Contents?.map(({ Key }) => Key)).toEqual([`${prefix}kept`]);
      },
    );

    it('deletes 1000 at once', async () => {
      const { client, bucket } = s3();
      const prefix = freshKey('');
      const Objects = Array.from({ length: 1000 }, (_, number) => ({
        Key: `${prefix}${number}${'&'.repeat(number % 50)}`,
      }));
      const present = Objects[77]?.Key ?? '';
      await put(s3(), present);
      const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      expect(Deleted).toHaveLength(1000);
      await expect(getText(s3(), present)).rejects.toMatchObject(errorOf('NoSuchKey', 404));
    });

    it.skipIf(moto)('deletes in silence when asked to (moto names them all the same)', async () => {
      const { client, bucket } = s3();
      const Key = freshKey();
      await put(s3(), Key);
      const Delete = { Objects: [{ Key }], Quiet: true };
      const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
      expect(Deleted ?? []).toEqual([]);
      await expect(getText(s3(), Key)).rejects.toMatchObject(errorOf('NoSuchKey', 404));
    });

    it.skipIf(moto)('fails on more than 1000 (moto takes any number)', async () => {
      const { client, bucket } = s3();
      const Objects = Array.from({ length: 1001 }, (_, number) => ({ Key: String(number) }));
      const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } });
      await expect(client.send(command)).rejects.toMatchObject(errorOf('MalformedXML', 400));
    });

    it
      .skipIf(moto)
      .each([
        '<Delete><Object>',
        '<Other/>',
        '<!DOCTYPE d [<!ENTITY e "k">]><Delete><Object><Key>&e;</Key></Object></Delete>',
      ])('fails on the document %s (moto answers 500)', async (body) => {
      const response = await signedFetch(s3(), '?delete', { method: 'POST', body });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('<Code>MalformedXML</Code>');
    });
  });
}
