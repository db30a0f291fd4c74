import type { ServerResponse } from 'node:http';
import type { S3Request } from '../protocol/s3-request.ts';
import type { Bucket } from '../store/bucket-table.ts';
import type { ObjectStore } from '../store/object-store.ts';

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
}

export type Operation = (exchange: Exchange) => void | Promise<void>;
