import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../sqlite.ts';
import { type BucketTable, openBucketTable } from './bucket-table.ts';
import { type ContentFiles, openContentFiles } from './content-files.ts';
import { openDatabase } from './database.ts';
import { type LifecycleQueries, openLifecycleQueries } from './lifecycle-queries.ts';
import { type ListingQueries, openListingQueries } from './listing-queries.ts';
import { openUploadTable, type UploadTable } from './upload-table.ts';
import { openVersionTable, type VersionTable } from './version-table.ts';

/** All state of the service, on disk. */
export interface ObjectStore {
  readonly buckets: BucketTable;
  readonly versions: VersionTable;
  readonly listings: ListingQueries;
  readonly expiries: LifecycleQueries;
  readonly uploads: UploadTable;
  readonly contents: ContentFiles;
  /** All of what `work` writes, or nothing. */
  transaction<T>(work: () => T): T;
  /** Removes contents that nothing refers to any more; copies share one. */
  removeUnreferenced(contentIds: Iterable<string>): void;
  close(): void;
}

export function openObjectStore(directory: string): ObjectStore {
  const database = openDatabase(directory);
  const contents = openContentFiles(directory);
  const isReferenced = referenceCheck(database);
  contents.removeOrphans(isReferenced);
  return {
    buckets: openBucketTable(database),
    versions: openVersionTable(database),
    listings: openListingQueries(database),
    expiries: openLifecycleQueries(database),
    uploads: openUploadTable(database),
    contents,
    transaction: (work) => inTransaction(database, work),
    removeUnreferenced(contentIds) {
      for (const contentId of contentIds) if (!isReferenced(contentId)) contents.remove(contentId);
    },
    close: () => database.close(),
  };
}

function referenceCheck(database: DatabaseSync): (contentId: string) => boolean {
  const select = database.prepare(`
    SELECT 1 FROM s3_versions WHERE content_id = :id UNION ALL SELECT 1 FROM s3_parts WHERE content_id = :id LIMIT 1`);
  return (id) => select.get({ id }) !== undefined;
}

/** The contents of some versions. */
export function contentIds(versions: Iterable<object>): string[] {
  return [...versions].flatMap((version) =>
    'contentId' in version && typeof version.contentId === 'string' ? [version.contentId] : [],
  );
}
