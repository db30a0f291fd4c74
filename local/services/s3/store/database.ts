import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../../sqlite.ts';

const SCHEMA = `
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
`;

/**
 * Opens the file that holds everything but contents. A version is visible exactly when its row is there, so that whatever the row names
 * must be on disk before it.
 */
export const openDatabase = (directory: string): DatabaseSync => openSqlite(directory, 's3.sqlite', SCHEMA);
