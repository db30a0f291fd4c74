import type { DatabaseSync } from 'node:sqlite';
import type { Position } from './collect-page.ts';
import { afterPrefix } from './key-order.ts';
import type { ObjectVersion, StoredObject } from './object-version.ts';
import { toVersion } from './version-row.ts';

export interface Range {
  readonly bucket: string;
  readonly prefix: string;
  readonly from: Position;
  readonly limit: number;
}

/** Versions of a bucket in the order of S3's listings: by key in UTF-8 order, which is SQLite's for text, and newest first. */
export interface ListingQueries {
  /** The objects that are there now. */
  objects(range: Range): readonly StoredObject[];
  /** All versions, delete markers too. */
  versions(range: Range): readonly ObjectVersion[];
}

// No key reaches beyond this: it is the end of a range that has none.
const BEYOND_ALL_KEYS = '\u{10ffff}'.repeat(257);

export function openListingQueries(database: DatabaseSync): ListingQueries {
  const objects = database.prepare(`
    SELECT * FROM s3_versions
    WHERE bucket = :bucket AND latest = 1 AND key >= :from AND (key > :from OR :inclusive) AND key < :end AND delete_marker = 0
    ORDER BY key LIMIT :limit`);
  const versions = database.prepare(`
    SELECT * FROM s3_versions
    WHERE bucket = :bucket AND key >= :from AND (key > :from OR :inclusive OR seq < :belowSeq) AND key < :end
    ORDER BY key, seq DESC LIMIT :limit`);
  return {
    objects: ({ bucket, prefix, from, limit }) =>
      objects
        .all({ bucket, from: from.key, inclusive: Number(from.inclusive), end: end(prefix), limit })
        .map(toVersion)
        .filter((version) => version.kind === 'object'),
    versions: ({ bucket, prefix, from, limit }) =>
      versions
        .all({
          bucket,
          from: from.key,
          inclusive: Number(from.inclusive),
          belowSeq: from.belowSeq ?? 0,
          end: end(prefix),
          limit,
        })
        .map(toVersion),
  };
}

const end = (prefix: string) => afterPrefix(prefix) ?? BEYOND_ALL_KEYS;
