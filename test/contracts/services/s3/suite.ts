import { randomUUID } from 'node:crypto';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';

/** An S3 with two empty buckets. */
export interface OpenedS3 {
  readonly url: string;
  readonly client: S3Client;
  /** Without versioning, encrypted by S3's own key. */
  readonly bucket: string;
  readonly versionedBucket: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  close(): Promise<void>;
}

export interface S3Suite {
  readonly moto: boolean;
  /** To be called in tests only. */
  s3(): OpenedS3;
}

/** A key that no other test uses. */
export const freshKey = (name = 'object') => `${randomUUID()}/${name}`;

export async function put(
  { client, bucket }: Pick<OpenedS3, 'client' | 'bucket'>,
  Key: string,
  input: Partial<PutObjectCommandInput> = {},
) {
  return client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'content', ...input }));
}

export async function getText(
  { client, bucket }: Pick<OpenedS3, 'client' | 'bucket'>,
  Key: string,
  input: Partial<GetObjectCommandInput> = {},
): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key, ...input }));
  return (await Body?.transformToString()) ?? '';
}

/** What an SDK error must look like. */
export const errorOf = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });
