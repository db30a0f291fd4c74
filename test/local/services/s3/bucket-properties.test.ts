import {
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { openLocalS3, temporaryFolder } from './local-s3.ts';

const KEY_ARN = 'arn:aws:kms:us-east-1:000000000000:key/1';
const kms = (rule: Record<string, unknown> = {}) => ({
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [
      { ...rule, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY_ARN } },
    ],
  },
});

const REFUSED: ReadonlyArray<[property: string, properties: Record<string, unknown>]> = [
  ['ReplicationConfiguration', { ReplicationConfiguration: {} }],
  ['NotificationConfiguration.LambdaConfigurations', { NotificationConfiguration: { LambdaConfigurations: [] } }],
  [
    'NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled',
    { NotificationConfiguration: { EventBridgeConfiguration: {} } },
  ],
  ['ObjectLockEnabled', { ObjectLockEnabled: true }],
  ['Versioning', { Versioning: true }],
  ['VersioningConfiguration.Status', { VersioningConfiguration: { Status: 'On' } }],
  [
    'LifecycleConfiguration.Rules.0.TagFilters',
    { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', TagFilters: [] }] } },
  ],
  [
    'LifecycleConfiguration.Rules.0.ExpirationDate',
    { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationDate: '2030-01-01' }] } },
  ],
];

describe('the properties of a local bucket', () => {
  it.each(REFUSED)('fails on %s, naming it and the bucket', async (property, properties) => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    const create = () => s3.service.createBucket('models', properties);
    expect(create).toThrow(`'models'`);
    expect(create).toThrow(`'${property}'`);
  });

  it('fails on all that is wrong at once', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    expect(() => s3.service.createBucket('models', { Alpha: 1, Beta: 2 })).toThrow(/'Alpha'.*'Beta'/);
  });

  it('takes properties that have no effect on one machine', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('models', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      Tags: [{ Key: 'a', Value: 'b' }],
      LoggingConfiguration: {},
    });
    const put = new PutObjectCommand({ Bucket: 'models', Key: 'key', Body: 'content' });
    expect((await s3.client.send(put)).$metadata.httpStatusCode).toBe(200);
  });

  it('tells the KMS key of the bucket, and gives no MD5 as entity tag', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('models', kms({ BucketKeyEnabled: 'true' }));
    const at = { Bucket: 'models', Key: 'key' };
    const written = await s3.client.send(new PutObjectCommand({ ...at, Body: 'content' }));
    const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY_ARN, BucketKeyEnabled: true };
    expect(written).toMatchObject(encryption);
    expect(await s3.client.send(new HeadObjectCommand(at))).toMatchObject({ ...encryption, ETag: written.ETag });
    expect(written.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    // The MD5 of the content.
    expect(written.ETag).not.toBe('"9a0364b9e99bb480dd25e1f0284c8555"');
  });

  it('says that a bucket without a rule of its own is encrypted by the key of S3', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('models', {});
    const written = await s3.client.send(new PutObjectCommand({ Bucket: 'models', Key: 'key', Body: 'content' }));
    expect(written).toMatchObject({ ServerSideEncryption: 'AES256', ETag: '"9a0364b9e99bb480dd25e1f0284c8555"' });
  });

  it('suspends versioning when it is taken from the template, and keeps the versions', async () => {
    using folder = temporaryFolder();
    await using s3 = await openLocalS3({ directory: folder.path });
    s3.service.createBucket('models', { VersioningConfiguration: { Status: 'Enabled' } });
    const put = (Body: string) => s3.client.send(new PutObjectCommand({ Bucket: 'models', Key: 'key', Body }));
    const { VersionId } = await put('versioned');
    s3.service.createBucket('models', {});
    await put('first without');
    await put('second without');
    expect((await s3.client.send(new GetBucketVersioningCommand({ Bucket: 'models' }))).Status).toBe('Suspended');
    const { Versions } = await s3.client.send(new ListObjectVersionsCommand({ Bucket: 'models' }));
    expect(Versions?.map((version) => [version.VersionId, version.IsLatest])).toEqual([
      ['null', true],
      [VersionId, false],
    ]);
  });
});
