import {
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { errorOf, type S3Suite } from './suite.ts';

export function buckets({ s3, moto }: S3Suite): void {
  describe('buckets', () => {
    it('lists buckets', async () => {
      const { client, bucket, versionedBucket } = s3();
      const { Buckets } = await client.send(new ListBucketsCommand());
      const names = Buckets?.map(({ Name }) => Name);
      expect(names).toContain(bucket);
      expect(names).toContain(versionedBucket);
      expect(Buckets?.[0]?.CreationDate).toBeInstanceOf(Date);
    });

    it('finds a bucket that is there, and no other', async () => {
      const { client, bucket } = s3();
      expect(await client.send(new HeadBucketCommand({ Bucket: bucket }))).toMatchObject({ BucketRegion: 'us-east-1' });
      const missing = client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket-here' }));
      await expect(missing).rejects.toMatchObject(errorOf('NotFound', 404));
    });

    it('gives the oldest region no name', async () => {
      const { client, bucket } = s3();
      const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket: bucket }));
      expect(LocationConstraint ?? '').toBe('');
    });

    it('tells whether a bucket is versioned', async () => {
      const { client, bucket, versionedBucket } = s3();
      const statusOf = async (Bucket: string) => (await client.send(new GetBucketVersioningCommand({ Bucket }))).Status;
      expect(await statusOf(versionedBucket)).toBe('Enabled');
      expect(await statusOf(bucket)).toBeUndefined();
    });

    const policy = { Policy: '{}' };
    it.skipIf(moto).each([
      ['GetBucketPolicy', (Bucket: string) => s3().client.send(new GetBucketPolicyCommand({ Bucket }))],
      ['PutBucketPolicy', (Bucket: string) => s3().client.send(new PutBucketPolicyCommand({ Bucket, ...policy }))],
      ['GetObjectTagging', (Bucket: string) => s3().client.send(new GetObjectTaggingCommand({ Bucket, Key: 'any' }))],
      ['ListObjects', (Bucket: string) => s3().client.send(new ListObjectsCommand({ Bucket }))],
    ])('fails on %s by its name: it is not implemented (moto and AWS have it)', async (name, send) => {
      const refused = { ...errorOf('NotImplemented', 501), message: expect.stringContaining(name) };
      await expect(send(s3().bucket)).rejects.toMatchObject(refused);
    });
  });
}
