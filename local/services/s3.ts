import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { addCorsHeaders, answerPreflight } from './s3/buckets/cors.ts';
import { createDailyLifecycle } from './s3/buckets/daily-lifecycle.ts';
import { parseBucketProperties } from './s3/buckets/parse-bucket-properties.ts';
import { type CreatedEvent, createdEvent } from './s3/events/created-event.ts';
import { listBuckets } from './s3/operations/bucket-queries.ts';
import { OPERATIONS } from './s3/operations/operations.ts';
import { answerFailure } from './s3/protocol/answer-failure.ts';
import { operationName } from './s3/protocol/operation-name.ts';
import { S3Error } from './s3/protocol/s3-error.ts';
import { parseS3Request, type S3Request } from './s3/protocol/s3-request.ts';
import { authenticate } from './s3/signature/authenticate.ts';
import type { Credentials } from './s3/signature/pre-signed.ts';
import type { Bucket } from './s3/store/bucket-table.ts';
import { type ObjectStore, openObjectStore } from './s3/store/object-store.ts';
import type { StoredObject } from './s3/store/object-version.ts';
import type { LocalService } from './service.ts';

export interface S3Service extends LocalService {
  /**
   * Makes a bucket, or gives the one of this name these properties; its objects stay.
   *
   * @param properties those of `AWS::S3::Bucket`, resolved
   * @throws Error that names the bucket and each property that has no local implementation
   */
  createBucket(name: string, properties: Readonly<Record<string, unknown>>): void;
}

/** S3 on one machine: the operations that the platform uses, with path-style addresses, its state below `directory`. */
export function createS3Service({
  directory,
  clock,
  credentials,
  region = 'us-east-1',
  onEvent = () => undefined,
}: {
  directory: string;
  clock: Clock;
  /** Those that pre-signed URLs must be signed with. */
  credentials: Credentials;
  region?: string;
  /** Told what EventBridge is told on AWS, of buckets whose properties ask for it. */
  onEvent?: (event: CreatedEvent) => void;
}): S3Service {
  const store = openObjectStore(directory);
  const lifecycle = createDailyLifecycle(store, clock.now);

  async function answer(request: S3Request, response: ServerResponse): Promise<void> {
    const cors = request.bucket === undefined ? [] : (store.buckets.get(request.bucket)?.settings.cors ?? []);
    if (request.method === 'OPTIONS') return answerPreflight(request, response, cors);
    addCorsHeaders(request, response, cors);
    authenticate(request, { credentials, nowMs: clock.now() });
    const name = operationName(request);
    if (name === 'ListBuckets') return listBuckets(request, { response, store });
    const operation = OPERATIONS[name];
    if (operation === undefined) {
      throw new S3Error('NotImplemented', { message: `The local S3 does not implement the operation ${name}` });
    }
    const bucket = existingBucket(store, request.bucket ?? '');
    lifecycle.apply(bucket);
    const onCreated = (object: StoredObject): void => {
      const requestId = String(response.getHeader('x-amz-request-id'));
      if (bucket.settings.tellsEvents) onEvent(createdEvent(object, { reason: name, requestId }));
    };
    await operation({ request, response, store, bucket, key: request.key ?? '', region, now: clock.now, onCreated });
  }

  return {
    endpointId: 'S3',
    async handle(incoming, response) {
      const requestId = randomBytes(8).toString('hex').toUpperCase();
      response.setHeader('server', 'AmazonS3');
      response.setHeader('x-amz-request-id', requestId);
      response.setHeader('x-amz-id-2', requestId);
      try {
        await answer(parseS3Request(incoming), response);
      } catch (error) {
        answerFailure(error, { incoming, response, requestId });
      }
    },
    createBucket(name, properties) {
      const settings = parseBucketProperties(name, properties);
      // Versions that are there stay there: S3 knows no way back from versioning to none.
      const wasVersioned = (store.buckets.get(name)?.settings.versioning ?? 'Unversioned') !== 'Unversioned';
      const versioning = wasVersioned && settings.versioning === 'Unversioned' ? 'Suspended' : settings.versioning;
      store.buckets.put({ name, createdAtMs: clock.now(), settings: { ...settings, versioning } });
      lifecycle.forget(name);
    },
    close: () => store.close(),
  };
}

function existingBucket(store: ObjectStore, name: string): Bucket {
  const bucket = store.buckets.get(name);
  if (bucket === undefined) throw new S3Error('NoSuchBucket', { fields: { BucketName: name } });
  return bucket;
}
