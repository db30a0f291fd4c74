import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens the file that holds everything but contents. A version is visible exactly when its row is there, so that whatever the row names
 * must be on disk before it.
 */
export function openDatabase(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 's3.sqlite'));
  // With a write-ahead log a commit is in the system's hands when it returns, so that killing the process loses nothing that was
  // answered; NORMAL leaves out the sync per commit, which only a power failure would need.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
  database.exec(`
    CREATE TABLE IF NOT EXISTS s3_buckets (
      name TEXT PRIMARY KEY, created_at_ms INTEGER NOT NULL, settings TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS s3_versions (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, version_id TEXT NOT NULL,
      latest INTEGER NOT NULL, delete_marker INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
      modified_at_ms INTEGER NOT NULL, superseded_at_ms INTEGER, content_id TEXT, attributes TEXT NOT NULL,
      UNIQUE (bucket, key, version_id)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS s3_versions_order ON s3_versions (bucket, key, seq DESC);
    CREATE UNIQUE INDEX IF NOT EXISTS s3_versions_latest ON s3_versions (bucket, key) WHERE latest = 1;
    CREATE INDEX IF NOT EXISTS s3_versions_content ON s3_versions (content_id) WHERE content_id IS NOT NULL;
    CREATE TABLE IF NOT EXISTS s3_uploads (
      upload_id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, initiated_at_ms INTEGER NOT NULL, attributes TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS s3_parts (
      upload_id TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, checksum TEXT,
      modified_at_ms INTEGER NOT NULL, content_id TEXT NOT NULL, PRIMARY KEY (upload_id, number)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS s3_parts_content ON s3_parts (content_id);
  `);
  return database;
}

/** Runs `work` so that all of its writes happen or none. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
