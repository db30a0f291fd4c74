import type { Bucket } from '../store/bucket-table.ts';
import type { ExpiryQuery } from '../store/lifecycle-queries.ts';
import { contentIds, type ObjectStore } from '../store/object-store.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { LifecycleRule } from './bucket-settings.ts';

export const DAY_MS = 86_400_000;

/**
 * Does what a bucket's lifecycle rules demand at this time.
 *
 * S3 counts days from the time of the object and rounds up to the next midnight UTC, so that something can be due at midnight only:
 * once a day is enough.
 */
export function applyLifecycle(store: ObjectStore, { name, settings }: Bucket, nowMs: number): void {
  const midnightMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const released = store.transaction(() =>
    settings.lifecycle.flatMap((rule) =>
      applyRule(store, rule, { bucket: name, versioning: settings.versioning, nowMs, midnightMs }),
    ),
  );
  store.removeUnreferenced(released);
}

interface Moment {
  readonly bucket: string;
  readonly versioning: Bucket['settings']['versioning'];
  readonly nowMs: number;
  readonly midnightMs: number;
}

function applyRule(store: ObjectStore, rule: LifecycleRule, moment: Moment): string[] {
  const { prefix, sizeAbove, sizeBelow, expirationDays, noncurrent, abortUploadsAfterDays } = rule;
  const olderThan = (days: number): ExpiryQuery => ({
    bucket: moment.bucket,
    prefix,
    sizeAbove,
    sizeBelow,
    untilMs: moment.midnightMs - days * DAY_MS,
  });
  const released: string[] = [];
  if (expirationDays !== undefined) {
    for (const version of store.expiries.current(olderThan(expirationDays)))
      released.push(...expire(store, version, moment));
  }
  if (noncurrent !== undefined) {
    for (const version of store.expiries.noncurrent(olderThan(noncurrent.days), noncurrent.keep)) {
      store.versions.remove(version);
      released.push(...contentIds([version]));
    }
  }
  if (abortUploadsAfterDays !== undefined) {
    const { bucket, untilMs } = olderThan(abortUploadsAfterDays);
    for (const uploadId of store.expiries.uploads({ bucket, prefix, untilMs }))
      released.push(...contentIds(store.uploads.remove(uploadId)));
  }
  if (rule.removeLoneDeleteMarkers) {
    for (const marker of store.expiries.loneDeleteMarkers({ bucket: moment.bucket, prefix }))
      store.versions.remove(marker);
  }
  return released;
}

/** In a versioned bucket the current version is hidden by a delete marker; only rules for noncurrent versions remove it. */
function expire(store: ObjectStore, version: ObjectVersion, { versioning, nowMs }: Moment): string[] {
  if (versioning === 'Unversioned') {
    store.versions.remove(version);
    return contentIds([version]);
  }
  const marker = { bucket: version.bucket, key: version.key, modifiedAtMs: nowMs };
  return contentIds(store.versions.putDeleteMarker(marker, versioning).replaced);
}
