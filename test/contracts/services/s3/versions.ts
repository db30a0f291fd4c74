import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { errorOf, freshKey, getText, put, type S3Suite } from './suite.ts';

export function versions({ s3, moto }: S3Suite): void {
  const versioned = () => ({ ...s3(), bucket: s3().versionedBucket });
  const remove = (Key: string, VersionId?: string) =>
    s3().client.send(
      new DeleteObjectCommand({ Bucket: s3().versionedBucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }),
    );
  const list = (Prefix: string) =>
    s3().client.send(new ListObjectVersionsCommand({ Bucket: s3().versionedBucket, Prefix }));

  describe('versions', () => {
    it('keeps what is replaced, under its own id', async () => {
      const Key = freshKey();
      const first = await put(versioned(), Key, { Body: 'first' });
      const second = await put(versioned(), Key, { Body: 'second' });
      expect(first.VersionId).not.toBe(second.VersionId);
      expect(await getText(versioned(), Key)).toBe('second');
      expect(await getText(versioned(), Key, { VersionId: first.VersionId })).toBe('first');
    });

    it('tells the version that it sends', async () => {
      const { client, bucket } = versioned();
      const Key = freshKey();
      const { VersionId } = await put(versioned(), Key);
      expect((await client.send(new GetObjectCommand({ Bucket: bucket, Key }))).VersionId).toBe(VersionId);
      expect((await client.send(new HeadObjectCommand({ Bucket: bucket, Key }))).VersionId).toBe(VersionId);
    });

    it('hides a deleted object behind a marker and shows it again when the marker is deleted', async () => {
      const { client, bucket } = versioned();
      const Key = freshKey();
      await put(versioned(), Key);
      const deleted = await remove(Key);
      expect(deleted.DeleteMarker).toBe(true);
      await expect(getText(versioned(), Key)).rejects.toMatchObject(errorOf('NoSuchKey', 404));
      const head = client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
      await expect(head).rejects.toMatchObject(errorOf('NotFound', 404));
      await remove(Key, deleted.VersionId);
      expect(await getText(versioned(), Key)).toBe('content');
    });

    it.skipIf(moto)('says that what was deleted is a delete marker (moto does not)', async () => {
      const Key = freshKey();
      const { VersionId } = await remove(Key);
      expect(await remove(Key, VersionId)).toMatchObject({ DeleteMarker: true, VersionId });
    });

    it.skipIf(moto)('fails on the reading of a delete marker (moto answers NoSuchVersion)', async () => {
      const Key = freshKey();
      await put(versioned(), Key);
      const { VersionId } = await remove(Key);
      await expect(getText(versioned(), Key, { VersionId })).rejects.toMatchObject(errorOf('MethodNotAllowed', 405));
    });

    it.skipIf(moto)('puts a delete marker where nothing is (moto puts none)', async () => {
      const Key = freshKey();
      expect(await remove(Key)).toMatchObject({ DeleteMarker: true });
      expect((await list(Key)).DeleteMarkers?.map((marker) => marker.Key)).toEqual([Key]);
    });

    it('deletes one version for good and goes back to the one before', async () => {
      const Key = freshKey();
      const first = await put(versioned(), Key, { Body: 'first' });
      const second = await put(versioned(), Key, { Body: 'second' });
      await remove(Key, second.VersionId);
      expect(await getText(versioned(), Key)).toBe('first');
      const gone = getText(versioned(), Key, { VersionId: second.VersionId });
      await expect(gone).rejects.toMatchObject(errorOf('NoSuchVersion', 404));
      expect((await list(Key)).Versions).toMatchObject([{ Key, VersionId: first.VersionId, IsLatest: true }]);
    });

    it.skipIf(moto)('fails on a version id that cannot be one (moto answers NoSuchVersion)', async () => {
      const Key = freshKey();
      await put(versioned(), Key);
      await expect(getText(versioned(), Key, { VersionId: 'no id' })).rejects.toMatchObject(
        errorOf('InvalidArgument', 400),
      );
    });

    it('lists versions and markers by key, newest first', async () => {
      const prefix = freshKey('');
      const a1 = await put(versioned(), `${prefix}a`, { Body: 'a1' });
      const a2 = await put(versioned(), `${prefix}a`, { Body: 'a2 longer' });
      const b1 = await put(versioned(), `${prefix}b`);
      const marker = await remove(`${prefix}b`);
      const { Versions, DeleteMarkers } = await list(prefix);
      expect(Versions?.map(({ Key, VersionId, IsLatest, Size }) => [Key, VersionId, IsLatest, Size])).toEqual([
        [`${prefix}a`, a2.VersionId, true, 9],
        [`${prefix}a`, a1.VersionId, false, 2],
        [`${prefix}b`, b1.VersionId, false, 7],
      ]);
      expect(DeleteMarkers?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
        [`${prefix}b`, marker.VersionId, true],
      ]);
    });

    it.skipIf(moto)('lists versions page by page while they are being deleted (moto loses its place)', async () => {
      const { client, bucket } = versioned();
      const prefix = freshKey('');
      for (const name of ['a', 'a', 'a', 'b', 'c']) await put(versioned(), `${prefix}${name}`);
      const seen: string[] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      for (let page = 0; page < 10; page++) {
        const listed = await client.send(
          new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, MaxKeys: 2, ...markers }),
        );
        const found = (listed.Versions ?? []).map(({ Key, VersionId }) => ({ Key, VersionId }));
        seen.push(...found.map(({ VersionId }) => VersionId ?? ''));
        await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: found } }));
        if (!listed.IsTruncated) break;
        markers = { KeyMarker: listed.NextKeyMarker, VersionIdMarker: listed.NextVersionIdMarker };
      }
      expect(new Set(seen).size).toBe(5);
      expect((await list(prefix)).Versions ?? []).toEqual([]);
    });

    it('deletes versions and puts markers in one batch', async () => {
      const { client, bucket } = versioned();
      const prefix = freshKey('');
      const a = await put(versioned(), `${prefix}a`);
      await put(versioned(), `${prefix}b`);
      const Objects = [{ Key: `${prefix}a`, VersionId: a.VersionId }, { Key: `${prefix}b` }];
      const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      expect(Deleted?.find(({ Key }) => Key === `${prefix}a`)).toMatchObject({ VersionId: a.VersionId });
      expect(Deleted?.find(({ Key }) => Key === `${prefix}b`)).toMatchObject({ DeleteMarker: true });
      const left = await list(prefix);
      expect(left.Versions?.map(({ Key }) => Key)).toEqual([`${prefix}b`]);
      expect(left.DeleteMarkers?.map(({ Key }) => Key)).toEqual([`${prefix}b`]);
    });

    it('counts a deleted object as not there for a first write', async () => {
      const Key = freshKey();
      await put(versioned(), Key, { Body: 'old', IfNoneMatch: '*' });
      await remove(Key);
      await put(versioned(), Key, { Body: 'new', IfNoneMatch: '*' });
      expect(await getText(versioned(), Key)).toBe('new');
    });
  });
}
