import type { Encryption, Versioning } from '../store/object-version.ts';

/** What a bucket's properties come to. */
export interface BucketSettings {
  readonly versioning: Versioning;
  readonly encryption: Encryption;
  readonly lifecycle: readonly LifecycleRule[];
  readonly cors: readonly CorsRule[];
  /** Whether EventBridge is told of new objects. */
  readonly tellsEvents?: boolean | undefined;
}

export interface LifecycleRule {
  readonly prefix: string;
  /** Bytes, both exclusive. */
  readonly sizeAbove: number;
  readonly sizeBelow: number;
  readonly expirationDays?: number | undefined;
  readonly noncurrent?: { readonly days: number; readonly keep: number } | undefined;
  readonly abortUploadsAfterDays?: number | undefined;
  readonly removeLoneDeleteMarkers: boolean;
}

export interface CorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeS?: number | undefined;
}
