import type { Checksum } from '../body/checksums.ts';

/** How a bucket keeps what is replaced. `Suspended` keeps old versions, but adds none. */
export type Versioning = 'Unversioned' | 'Enabled' | 'Suspended';

/** The id of a version that was written while versioning was not enabled. */
export const NULL_VERSION = 'null';

export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly keyId: string | undefined;
  readonly bucketKey: boolean;
}

/** What travels with an object beside its content. */
export interface ObjectAttributes {
  /** `content-type`, `cache-control` and the like, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, without its `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly encryption?: Encryption | undefined;
  readonly checksum?: Checksum | undefined;
  /** Of a multipart object, in order. */
  readonly partSizes?: readonly number[] | undefined;
}

export interface StoredObject {
  readonly kind: 'object';
  readonly seq: number;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  readonly latest: boolean;
  readonly modifiedAtMs: number;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly contentId: string;
  readonly attributes: ObjectAttributes;
}

/** Stands where an object was deleted from a versioned bucket. */
export interface DeleteMarker
  extends Pick<StoredObject, 'seq' | 'bucket' | 'key' | 'versionId' | 'latest' | 'modifiedAtMs'> {
  readonly kind: 'delete-marker';
}

export type ObjectVersion = StoredObject | DeleteMarker;

export type NewObject = Omit<StoredObject, 'kind' | 'seq' | 'latest' | 'versionId'>;
export type NewDeleteMarker = Omit<DeleteMarker, 'kind' | 'seq' | 'latest' | 'versionId'>;
