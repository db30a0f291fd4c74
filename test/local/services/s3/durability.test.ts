import { createHash, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { openLocalS3, temporaryFolder } from './local-s3.ts';
import { startWriter } from './start-writer.ts';

const KILLS = 6;

describe('the local S3 on disk', () => {
  it('finds everything again after a restart, with a bucket that is made again', async () => {
    using folder = temporaryFolder();
    {
      await using s3 = await openLocalS3({ directory: folder.path });
      s3.service.createBucket('bucket', { VersioningConfiguration: { Status: 'Enabled' } });
      for (const Body of ['first', 'second'])
        await s3.client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body }));
    }
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', { VersioningConfiguration: { Status: 'Enabled' } });
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    expect(await Body?.transformToString()).toBe('second');
    expect(contentFiles(folder.path)).toHaveLength(2);
  });

  it('removes the content of what is deleted or replaced, but not that of a copy', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', {});
    const at = { Bucket: 'bucket', Key: 'key' };
    await s3.client.send(new PutObjectCommand({ ...at, Body: 'first' }));
    await s3.client.send(new PutObjectCommand({ ...at, Body: 'second' }));
    expect(contentFiles(folder.path)).toHaveLength(1);
    await s3.client.send(new CopyObjectCommand({ Bucket: 'bucket', Key: 'copy', CopySource: 'bucket/key' }));
    await s3.client.send(new DeleteObjectCommand(at));
    expect(contentFiles(folder.path)).toHaveLength(1);
    await s3.client.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'copy' }));
    expect(contentFiles(folder.path)).toEqual([]);
  });

  it('leaves nothing of a refused put', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', {});
    const at = { Bucket: 'bucket', Key: 'key' };
    await s3.client.send(new PutObjectCommand({ ...at, Body: 'first' }));
    const late = s3.client.send(new PutObjectCommand({ ...at, Body: 'second', IfNoneMatch: '*' }));
    await expect(late).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const wrong = s3.client.send(new PutObjectCommand({ ...at, Body: 'third', ChecksumCRC32: 'AAAAAA==' }));
    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
    expect(contentFiles(folder.path)).toHaveLength(1);
    expect(readdirSync(join(folder.path, 'incoming'))).toEqual([]);
  });

  it('leaves nothing of a put whose client went away in the middle', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('bucket', {});
    const headers = { authorization: 'AWS4-HMAC-SHA256 any', 'content-length': 1000 };
    const upload = request(`${s3.url}/bucket/half`, { method: 'PUT', headers });
    upload.on('error', () => undefined).write('only a part');
    await expect.poll(() => readdirSync(join(folder.path, 'incoming')), { timeout: 10_000 }).toHaveLength(1);
    upload.destroy();
    await expect.poll(() => readdirSync(join(folder.path, 'incoming')), { timeout: 10_000 }).toEqual([]);
    const head = s3.client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'half' }));
    await expect(head).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('cleans up at the start what a killed process left behind', async () => {
    using folder = temporaryFolder();
    for (const path of ['incoming', 'contents/ab']) mkdirSync(join(folder.path, path), { recursive: true });
    writeFileSync(join(folder.path, 'incoming', 'half'), 'half');
    writeFileSync(join(folder.path, 'contents/ab', 'unreferenced'), 'whole');
    await using _s3 = await openLocalS3({ directory: folder.path });
    expect(existsSync(join(folder.path, 'incoming', 'half'))).toBe(false);
    expect(contentFiles(folder.path)).toEqual([]);
  });

  it(`keeps all that was answered and shows nothing half written, killed ${KILLS} times while writing`, async () => {
    using folder = temporaryFolder();
    const answered: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const writer = await startWriter(folder.path);
      await expect.poll(() => writer.answeredKeys().length, { timeout: 10_000 }).toBeGreaterThan(3);
      await delay(randomInt(50));
      await writer.kill();
      answered.push(...writer.answeredKeys());
    }
    await using s3 = await openLocalS3({ directory: folder.path });
    const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
    const keys = Contents.map(({ Key = '' }) => Key);
    const digests = await Promise.all(
      keys.map(async (Key) => {
        const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
        return createHash('sha256')
          .update((await Body?.transformToByteArray()) ?? '')
          .digest('hex');
      }),
    );
    // The key of each object is the hash of what was sent.
    expect(digests).toEqual(keys);
    expect(keys).toEqual(expect.arrayContaining(answered));
    expect(contentFiles(folder.path)).toHaveLength(keys.length);
  });
});

function contentFiles(directory: string): string[] {
  const contents = join(directory, 'contents');
  return readdirSync(contents).flatMap((folder) => readdirSync(join(contents, folder)));
}
