import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type _Object,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  type ListObjectsV2CommandInput,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { artifactKey, uploadKey, uploadsOf } from '../../core/contracts/object-keys.ts';
import { isPlatformError, PlatformError } from '../../core/domain/errors.ts';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';

export interface S3ArtifactStoreOptions {
  readonly client: S3Client;
  readonly bucketName: string;
}

/** Asks S3 to store an artifact only where its key is still free, and to check the bytes against the hash that names them. */
export const putArtifactRequest = (Bucket: string, sha256: string, Body: Uint8Array): PutObjectCommandInput => ({
  Bucket,
  Key: artifactKey(sha256),
  Body,
  ContentType: 'application/octet-stream',
  ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
  IfNoneMatch: '*',
});

const PRECONDITION_FAILED = 412;
/** Another writer of the same key was under way: the same content, because the key is its hash. */
const CONDITIONAL_CONFLICT = 409;

/** Artifacts and uploads in one bucket; see core/contracts/object-keys.ts for its keys. */
export function s3ArtifactStore({ client, bucketName }: S3ArtifactStoreOptions): ArtifactStore {
  const openUpload = async (service: string, uploadId: string, limitBytes: number): Promise<OpenObject | undefined> => {
    const found = await openObject(client, { Bucket: bucketName, Key: uploadKey(service, uploadId) }).catch(
      (error: unknown) => (error instanceof NoSuchKey ? undefined : unreadable(error)),
    );
    if (found === undefined || found.bytes <= limitBytes) return found;
    // Unread, it would hold its connection for good.
    found.body.destroy();
    throw tooLarge(found.bytes, limitBytes);
  };
  return {
    uploadUrl: (service, uploadId, { now, expiresAt }) =>
      getSignedUrl(client, new PutObjectCommand({ Bucket: bucketName, Key: uploadKey(service, uploadId) }), {
        // Time comes from the request, so that a moved clock moves the expiry, too.
        signingDate: new Date(now),
        expiresIn: Math.round((expiresAt - now) / 1000),
      }),

    async listUploads(service) {
      const Prefix = uploadsOf(service);
      const uploads = await listAll(client, { Bucket: bucketName, Prefix });
      return uploads
        .sort((a, b) => Number(b.LastModified) - Number(a.LastModified))
        .map(({ Key = '', Size = 0 }) => ({ uploadId: Key.slice(Prefix.length), bytes: Size }));
    },

    async readUpload(service, uploadId, limitBytes) {
      const object = await openUpload(service, uploadId, limitBytes);
      return object && collect(object).catch(unreadable);
    },

    async streamUpload(service, uploadId, { limitBytes, take }) {
      const object = await openUpload(service, uploadId, limitBytes);
      if (object) await forEachPiece(object.body, take).catch(unlessOurs);
      return object?.bytes;
    },

    async removeUpload(service, uploadId) {
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucketName, Key: uploadKey(service, uploadId) }));
      } catch {
        // The version is registered by now and must be answered; the bucket's lifecycle removes the upload.
      }
    },

    async putArtifact(sha256, bytes) {
      try {
        await client.send(new PutObjectCommand(putArtifactRequest(bucketName, sha256, bytes)));
      } catch (error) {
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (status !== PRECONDITION_FAILED && status !== CONDITIONAL_CONFLICT) throw unreachable('PutObject', error);
      }
    },

    async readArtifact(sha256) {
      const bytes = await download(client, bucketName, sha256);
      const got = createHash('sha256').update(bytes).digest('hex');
      if (got !== sha256) throw unavailable(sha256, `its content has the sha256 ${got}`);
      return bytes;
    },
  };
}

async function listAll(client: S3Client, input: ListObjectsV2CommandInput): Promise<_Object[]> {
  const objects: _Object[] = [];
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, input)) objects.push(...Contents);
  } catch (error) {
    throw unreachable('ListObjectsV2', error);
  }
  return objects;
}

async function download(client: S3Client, bucketName: string, sha256: string): Promise<Uint8Array> {
  try {
    return await collect(await openObject(client, { Bucket: bucketName, Key: artifactKey(sha256) }));
  } catch (error) {
    throw unavailable(sha256, 'it cannot be read', error);
  }
}

/** An object of which nothing has been read. */
interface OpenObject {
  readonly bytes: number;
  readonly body: Readable;
}

async function openObject(client: S3Client, input: GetObjectCommandInput): Promise<OpenObject> {
  const { ContentLength: bytes, Body: body } = await client.send(new GetObjectCommand(input));
  if (bytes === undefined || !(body instanceof Readable))
    throw new Error('S3 sent no content, or none of known length');
  return { bytes, body };
}

async function forEachPiece(body: Readable, take: (piece: Uint8Array) => void | Promise<void>): Promise<void> {
  for await (const piece of body as AsyncIterable<Uint8Array>) await take(piece);
}

/** Into one buffer made for it: pieces that are joined at the end would take the memory of 200 MB twice. */
async function collect({ bytes, body }: OpenObject): Promise<Uint8Array> {
  const collected = new Uint8Array(bytes);
  let at = 0;
  await forEachPiece(body, (piece) => {
    collected.set(piece, at);
    at += piece.length;
  });
  if (at < bytes) throw new Error(`S3 sent ${at} of ${bytes} bytes`);
  return collected;
}

const unreadable = (error: unknown): never => {
  throw unreachable('GetObject', error);
};

/** What the taker throws is its own. */
const unlessOurs = (error: unknown): never => {
  if (isPlatformError(error)) throw error;
  return unreadable(error);
};

const tooLarge = (bytes: number, limitBytes: number) =>
  new PlatformError('artifact.too_large', {
    message: `the uploaded file has ${bytes} bytes; at most ${limitBytes} are taken`,
    details: { bytes, limitBytes },
  });

const unreachable = (operation: string, cause: unknown) =>
  new PlatformError('artifact.store_unavailable', {
    message: 'the artifact store cannot be reached at the moment; try again',
    details: { operation },
    cause,
  });

const unavailable = (sha256: string, reason: string, cause?: unknown) =>
  new PlatformError('artifact.unavailable', {
    message: `the model artifact ${sha256} cannot be served: ${reason}; remove it from the artifact bucket, which keeps what it held before, and register the same file again`,
    details: { sha256 },
    cause,
  });
