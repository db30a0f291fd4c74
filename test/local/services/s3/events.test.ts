import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CreatedEvent } from '../../../../local/services/s3/events/created-event.ts';
import { type LocalS3, openLocalS3, temporaryFolder } from './local-s3.ts';

const TELLS = { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } };

const folder = temporaryFolder();
const events: CreatedEvent[] = [];
let s3: LocalS3;
let client: S3Client;
beforeAll(async () => {
  s3 = await openLocalS3({ directory: folder.path, onEvent: (event) => events.push(event) });
  client = s3.client;
  s3.service.createBucket('told', TELLS);
  s3.service.createBucket('versioned', { ...TELLS, VersioningConfiguration: { Status: 'Enabled' } });
  s3.service.createBucket('silent', {});
});
beforeEach(() => void events.splice(0));
afterAll(async () => {
  await s3[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const put = (Bucket: string, Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }));

describe('events of the local S3', () => {
  it('tell of a written object what S3 tells EventBridge', async () => {
    const { ETag } = await put('told', 'captures/a b.jsonl');
    expect(events).toEqual([
      {
        source: 'aws.s3',
        detailType: 'Object Created',
        resources: ['arn:aws:s3:::told'],
        atMs: expect.any(Number),
        detail: {
          version: '0',
          bucket: { name: 'told' },
          object: {
            key: 'captures/a b.jsonl',
            size: 5,
            etag: JSON.parse(ETag ?? ''),
            sequencer: expect.stringMatching(/^[0-9A-F]{16}$/),
          },
          'request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
          requester: 'local',
          'source-ip-address': '127.0.0.1',
          reason: 'PutObject',
        },
      },
    ]);
  });

  it('name the version, and sort by their sequencer', async () => {
    const { VersionId } = await put('versioned', 'key');
    await put('versioned', 'key');
    const objects = events.map(({ detail }) => detail['object'] as { 'version-id': string; sequencer: string });
    expect(objects[0]?.['version-id']).toBe(VersionId);
    const [first = '', second = ''] = objects.map(({ sequencer }) => sequencer);
    expect(first < second).toBe(true);
  });

  it('tell of copies and of objects made of parts once each, by the operation', async () => {
    await put('silent', 'from');
    await client.send(new CopyObjectCommand({ Bucket: 'told', Key: 'copy', CopySource: 'silent/from' }));
    const at = { Bucket: 'told', Key: 'parts' };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at));
    const part = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'part' }));
    const Parts = [{ PartNumber: 1, ETag: part.ETag }];
    await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    expect(events.map(({ detail }) => detail['reason'])).toEqual(['CopyObject', 'CompleteMultipartUpload']);
  });

  it('do not tell of what was refused', async () => {
    await put('told', 'once');
    events.splice(0);
    const again = new PutObjectCommand({ Bucket: 'told', Key: 'once', Body: 'other', IfNoneMatch: '*' });
    await expect(client.send(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(events).toEqual([]);
  });
});
