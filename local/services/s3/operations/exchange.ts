import type { ServerResponse } from 'node:http';
import type { S3Request } from '../protocol/s3-request.ts';
import type { Bucket } from '../store/bucket-table.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { StoredObject } from '../store/object-version.ts';

/** A request to a bucket that exists, and what is needed to answer it. */
export interface Exchange {
  readonly request: S3Request;
  readonly response: ServerResponse;
  readonly store: ObjectStore;
  readonly bucket: Bucket;
  /** Empty in an operation on the bucket. */
  readonly key: string;
  readonly region: string;
  /** Milliseconds since the epoch, by the platform's clock. */
  now(): number;
  /** To be called once an object can be read, before its writer is answered. */
  onCreated(object: StoredObject): void;
}

export type Operation = (exchange: Exchange) => void | Promise<void>;
