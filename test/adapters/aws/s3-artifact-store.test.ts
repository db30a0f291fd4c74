import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putArtifactRequest, s3ArtifactStore } from '../../../adapters/aws/s3-artifact-store.ts';
import { artifactKey } from '../../../core/contracts/object-keys.ts';
import type { ArtifactStore } from '../../../core/ports/artifact-store.ts';
import { createClock } from '../../../local/clock.ts';
import { createS3Service } from '../../../local/services/s3.ts';
import { describeArtifactStore } from '../../contracts/artifact-store.contract.ts';
import { caughtFrom } from '../../support/caught.ts';
import { serve } from '../../support/serve.ts';

const BUCKET = 'artifacts';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
const clock = createClock();
const directory = mkdtempSync(join(tmpdir(), 'keelson-s3-'));

const clientOf = (endpoint: string) =>
  new S3Client({
    endpoint,
    region: 'us-east-1',
    credentials,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    maxAttempts: 1,
  });

let served: Awaited<ReturnType<typeof serve>>;
let client: S3Client;
let store: ArtifactStore;

beforeAll(async () => {
  const service = createS3Service({ directory, clock, credentials });
  service.createBucket(BUCKET, { VersioningConfiguration: { Status: 'Enabled' } });
  served = await serve(service);
  client = clientOf(served.url);
  store = s3ArtifactStore({ client, bucketName: BUCKET });
});
afterAll(async () => {
  client.destroy();
  await served.close();
  rmSync(directory, { recursive: true });
});

const put = async (url: string, bytes: Uint8Array): Promise<number> => {
  const answer = await fetch(url, { method: 'PUT', body: Buffer.from(bytes) });
  await answer.arrayBuffer();
  return answer.status;
};

describeArtifactStore('s3', () => ({
  store,
  now: () => clock.now(),
  async put(url, bytes) {
    expect(await put(url, bytes)).toBe(200);
  },
  async damage(hash, bytes) {
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: artifactKey(hash), Body: bytes }));
  },
}));

describe('s3', () => {
  const times = () => ({ now: clock.now(), expiresAt: clock.now() + 60_000 });

  it('lists the newest upload first', async () => {
    for (const uploadId of ['m', 'z', 'a']) {
      await put(await store.uploadUrl('newest', uploadId, times()), new Uint8Array(1));
      // Objects are dated in whole seconds.
      clock.advance(2_000);
    }
    expect((await store.listUploads('newest')).map(({ uploadId }) => uploadId)).toEqual(['a', 'z', 'm']);
  });

  it('gives out an upload URL that stops working when it expires', async () => {
    const url = await store.uploadUrl('late', 'u1', times());
    clock.advance(61_000);
    expect(await put(url, new Uint8Array(1))).toBe(403);
    expect(await store.listUploads('late')).toEqual([]);
  });

  it('gives out an upload URL for one key only', async () => {
    const url = await store.uploadUrl('mine', 'u1', times());
    expect(await put(url.replace('/mine/', '/yours/'), new Uint8Array(1))).toBe(403);
  });

  it('has S3 check the bytes against the hash that names them', async () => {
    const hash = createHash('sha256').update('the model').digest('hex');
    const wrong = putArtifactRequest(BUCKET, hash, new TextEncoder().encode('another model'));
    await expect(client.send(new PutObjectCommand(wrong))).rejects.toMatchObject({ name: 'BadDigest' });
    expect((await caughtFrom(store.readArtifact(hash))).code).toBe('artifact.unavailable');
  });

  it('asks S3 to write an artifact only where its key is free', () => {
    expect(putArtifactRequest(BUCKET, '00ff', new Uint8Array())).toMatchObject({
      Key: 'artifacts/sha256/00ff',
      IfNoneMatch: '*',
      ChecksumSHA256: 'AP8=',
    });
  });

  it('fails as unavailable when nothing answers, and removes uploads without a word', async () => {
    const nowhere = clientOf('http://127.0.0.1:1');
    const down = s3ArtifactStore({ client: nowhere, bucketName: BUCKET });
    for (const attempt of [
      () => down.listUploads('x'),
      () => down.readUpload('x', 'u', 1),
      () => down.putArtifact('00', new Uint8Array()),
    ]) {
      expect(await caughtFrom(attempt())).toMatchObject({
        code: 'artifact.store_unavailable',
        cause: expect.any(Error),
      });
    }
    expect((await caughtFrom(down.readArtifact('00'))).code).toBe('artifact.unavailable');
    await expect(down.removeUpload('x', 'u')).resolves.toBeUndefined();
    nowhere.destroy();
  });
});
