import type { DatabaseSync } from 'node:sqlite';
import type { BucketSettings } from '../buckets/bucket-settings.ts';

export interface Bucket {
  readonly name: string;
  readonly createdAtMs: number;
  readonly settings: BucketSettings;
}

export interface BucketTable {
  get(name: string): Bucket | undefined;
  /** Ordered by name. */
  list(): readonly Bucket[];
  /** Makes the bucket or changes the settings of the one there is. */
  put(bucket: Bucket): void;
}

export function openBucketTable(database: DatabaseSync): BucketTable {
  const select = database.prepare('SELECT * FROM s3_buckets WHERE name = ?');
  const selectAll = database.prepare('SELECT * FROM s3_buckets ORDER BY name');
  const upsert = database.prepare(`
    INSERT INTO s3_buckets (name, created_at_ms, settings) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET settings = excluded.settings`);
  const toBucket = (row: NonNullable<ReturnType<typeof select.get>>): Bucket => ({
    name: String(row['name']),
    createdAtMs: Number(row['created_at_ms']),
    settings: JSON.parse(String(row['settings'])) as BucketSettings,
  });
  return {
    get(name) {
      const row = select.get(name);
      return row === undefined ? undefined : toBucket(row);
    },
    list: () => selectAll.all().map(toBucket),
    put({ name, createdAtMs, settings }) {
      upsert.run(name, createdAtMs, JSON.stringify(settings));
    },
  };
}
