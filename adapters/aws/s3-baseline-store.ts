import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { PlatformError } from '../../core/domain/errors.ts';
import { BASELINE_FILES, type BaselineFile, type BaselineStore } from '../../core/ports/baseline-store.ts';

export interface S3BaselineStoreOptions {
  readonly client: S3Client;
  readonly bucketName: string;
}

type Place = { readonly folder: string; readonly file: BaselineFile };

export const putBaselineRequest = (Bucket: string, { folder, file }: Place, Body: string): PutObjectCommandInput => ({
  Bucket,
  Key: `${folder}${file}`,
  Body,
  ContentType: 'application/json',
});

/** S3 copies by itself: the bytes do not travel. */
export const copyBaselineRequest = (Bucket: string, { folder, file }: Place, to: string): CopyObjectCommandInput => ({
  Bucket,
  CopySource: `${Bucket}/${folder}${file}`.split('/').map(encodeURIComponent).join('/'),
  Key: `${to}${file}`,
});

/** Baselines in the artifact bucket; see core/contracts/object-keys.ts for its keys. */
export const s3BaselineStore = ({ client, bucketName }: S3BaselineStoreOptions): BaselineStore => ({
  async put(folder, files) {
    const writes = BASELINE_FILES.map((file) =>
      client.send(new PutObjectCommand(putBaselineRequest(bucketName, { folder, file }, files[file]))),
    );
    await Promise.all(writes).catch(unreachable('PutObject'));
  },

  async copy(from, to) {
    const copies = BASELINE_FILES.map((file) =>
      client.send(new CopyObjectCommand(copyBaselineRequest(bucketName, { folder: from, file }, to))),
    );
    await Promise.all(copies).catch(unreachable('CopyObject'));
  },

  async read(folder, file) {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucketName, Key: `${folder}${file}` }));
      return await Body?.transformToString();
    } catch (error) {
      return error instanceof NoSuchKey ? undefined : unreachable('GetObject')(error);
    }
  },

  async tag(folder, file) {
    try {
      const { ETag } = await client.send(new HeadObjectCommand({ Bucket: bucketName, Key: `${folder}${file}` }));
      return ETag;
    } catch (error) {
      return error instanceof NotFound ? undefined : unreachable('HeadObject')(error);
    }
  },
});

const unreachable =
  (operation: string) =>
  (cause: unknown): never => {
    throw new PlatformError('artifact.store_unavailable', {
      message: 'the artifact store cannot be reached at the moment; try again',
      details: { operation },
      cause,
    });
  };
