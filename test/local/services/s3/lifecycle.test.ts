import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from 'vitest';
import { createClock } from '../../../../local/clock.ts';
import { type LocalS3, openLocalS3, temporaryFolder } from './local-s3.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Ten in the morning, so that there are 14 hours to midnight. */
const START_MS = Date.UTC(2026, 0, 15, 10);

const rules = (...Rules: Array<Record<string, unknown>>) => ({
  LifecycleConfiguration: { Rules: Rules.map((rule) => ({ Status: 'Enabled', ...rule })) },
});

async function open(directory: string, properties: Record<string, unknown>): Promise<LocalS3> {
  const s3 = await openLocalS3({ directory, clock: createClock({ wall: () => START_MS }) });
  s3.service.createBucket('bucket', properties);
  return s3;
}

const put = (s3: LocalS3, Key: string, Body = 'content') =>
  s3.client.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));

async function keys(s3: LocalS3): Promise<Array<string | undefined>> {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  return Contents.map(({ Key }) => Key);
}

async function versions(s3: LocalS3) {
  const { Versions = [], DeleteMarkers = [] } = await s3.client.send(
    new ListObjectVersionsCommand({ Bucket: 'bucket' }),
  );
  return { versions: Versions.length, markers: DeleteMarkers.length };
}

describe('time in the local S3', () => {
  it('expires by prefix at the midnight after the days are over', async () => {
    using folder = temporaryFolder();
    await using s3 = await open(folder.path, rules({ Prefix: 'captured/', ExpirationInDays: 3 }));
    await put(s3, 'captured/1');
    await put(s3, 'models/1');
    s3.clock.advance(3 * DAY_MS + 13 * HOUR_MS);
    expect(await keys(s3)).toEqual(['captured/1', 'models/1']);
    s3.clock.advance(HOUR_MS);
    expect(await keys(s3)).toEqual(['models/1']);
    const gone = s3.client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'captured/1' }));
    await expect(gone).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('leaves a disabled rule and other sizes alone', async () => {
    using folder = temporaryFolder();
    const disabled = { Status: 'Disabled', ExpirationInDays: 1 };
    await using s3 = await open(folder.path, rules(disabled, { ExpirationInDays: '1', ObjectSizeLessThan: '5' }));
    await put(s3, 'large');
    await put(s3, 'small', 'abc');
    s3.clock.advance(30 * DAY_MS);
    expect(await keys(s3)).toEqual(['large']);
  });

  it('hides in a versioned bucket what expires, and removes it with the rule for noncurrent versions', async () => {
    using folder = temporaryFolder();
    const properties = {
      VersioningConfiguration: { Status: 'Enabled' },
      ...rules(
        { ExpirationInDays: 1, NoncurrentVersionExpiration: { NoncurrentDays: 2 } },
        { ExpiredObjectDeleteMarker: true },
      ),
    };
    await using s3 = await open(folder.path, properties);
    await put(s3, 'key');
    s3.clock.advance(2 * DAY_MS);
    expect(await keys(s3)).toEqual([]);
    expect(await versions(s3)).toEqual({ versions: 1, markers: 1 });
    s3.clock.advance(3 * DAY_MS);
    expect(await versions(s3)).toEqual({ versions: 0, markers: 0 });
  });

  it('keeps the newest noncurrent versions for as long as they are asked for', async () => {
    using folder = temporaryFolder();
    const noncurrent = { NoncurrentDays: 1, NewerNoncurrentVersions: 2 };
    const properties = {
      VersioningConfiguration: { Status: 'Enabled' },
      ...rules({ NoncurrentVersionExpiration: noncurrent }),
    };
    await using s3 = await open(folder.path, properties);
    for (const body of ['1', '2', '3', '4', '5']) await put(s3, 'key', body);
    await s3.client.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'other' }));
    s3.clock.advance(10 * DAY_MS);
    expect(await versions(s3)).toEqual({ versions: 3, markers: 1 });
  });

  it('aborts uploads that nobody completes', async () => {
    using folder = temporaryFolder();
    await using s3 = await open(folder.path, rules({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }));
    const at = { Bucket: 'bucket', Key: 'key' };
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(at));
    s3.clock.advance(8 * DAY_MS);
    const parts = s3.client.send(new ListPartsCommand({ ...at, UploadId }));
    await expect(parts).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it('expires by a rule that comes later', async () => {
    using folder = temporaryFolder();
    await using s3 = await open(folder.path, {});
    await put(s3, 'key');
    s3.clock.advance(10 * DAY_MS);
    expect(await keys(s3)).toEqual(['key']);
    s3.service.createBucket('bucket', rules({ ExpirationInDays: 1 }));
    expect(await keys(s3)).toEqual([]);
  });

  it('lets a pre-signed URL expire by its own clock', async () => {
    using folder = temporaryFolder();
    await using s3 = await open(folder.path, {});
    await put(s3, 'key');
    const url = await getSignedUrl(s3.client, new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }), {
      expiresIn: 60,
      signingDate: new Date(START_MS),
    });
    s3.clock.advance(59_000);
    expect((await fetch(url)).status).toBe(200);
    s3.clock.advance(1000);
    expect((await fetch(url)).status).toBe(403);
  });
});
