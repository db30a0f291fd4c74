import type { DatabaseSync } from 'node:sqlite';
import { afterPrefix } from './key-order.ts';
import type { ObjectVersion } from './object-version.ts';
import { toVersion } from './version-row.ts';

export type ExpiryQuery = {
  readonly bucket: string;
  readonly prefix: string;
  /** Only what is at least this old. */
  readonly untilMs: number;
  /** Bytes, both exclusive. */
  readonly sizeAbove: number;
  readonly sizeBelow: number;
};

/** What a lifecycle rule applies to. */
export interface LifecycleQueries {
  current(query: ExpiryQuery): readonly ObjectVersion[];
  /** Versions that were superseded by `untilMs`, without the newest `keep` of each key. */
  noncurrent(query: ExpiryQuery, keep: number): readonly ObjectVersion[];
  /** Delete markers of keys that have no other version. */
  loneDeleteMarkers(query: Pick<ExpiryQuery, 'bucket' | 'prefix'>): readonly ObjectVersion[];
  /** Ids of multipart uploads that were begun by `untilMs`. */
  uploads(query: Pick<ExpiryQuery, 'bucket' | 'prefix' | 'untilMs'>): readonly string[];
}

const IN_PREFIX = 'bucket = :bucket AND key >= :prefix AND (:end IS NULL OR key < :end)';
const IN_SIZE = 'size > :sizeAbove AND size < :sizeBelow';

export function openLifecycleQueries(database: DatabaseSync): LifecycleQueries {
  const current = database.prepare(`
    SELECT * FROM s3_versions
    WHERE ${IN_PREFIX} AND ${IN_SIZE} AND latest = 1 AND delete_marker = 0 AND modified_at_ms <= :untilMs`);
  const noncurrent = database.prepare(`
    SELECT * FROM (
      SELECT *, ROW_NUMBER() OVER (PARTITION BY key ORDER BY seq DESC) AS age FROM s3_versions WHERE ${IN_PREFIX} AND latest = 0
    ) WHERE age > :keep AND ${IN_SIZE} AND superseded_at_ms <= :untilMs`);
  const loneMarkers = database.prepare(`
    SELECT * FROM s3_versions AS marker
    WHERE ${IN_PREFIX} AND latest = 1 AND delete_marker = 1
      AND NOT EXISTS (SELECT 1 FROM s3_versions AS other WHERE other.bucket = marker.bucket AND other.key = marker.key AND other.seq <> marker.seq)`);
  const uploads = database.prepare(
    `SELECT upload_id FROM s3_uploads WHERE ${IN_PREFIX} AND initiated_at_ms <= :untilMs`,
  );
  return {
    current: (query) => current.all(bound(query)).map(toVersion),
    noncurrent: (query, keep) => noncurrent.all({ ...bound(query), keep }).map(toVersion),
    loneDeleteMarkers: (query) => loneMarkers.all(bound(query)).map(toVersion),
    uploads: (query) => uploads.all(bound(query)).map((row) => String(row['upload_id'])),
  };
}

const bound = (query: Readonly<Record<string, string | number>> & { readonly prefix: string }) => ({
  ...query,
  end: afterPrefix(query.prefix) ?? null,
});
