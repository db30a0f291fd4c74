import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../../sqlite.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS dynamodb_tables (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, definition TEXT NOT NULL, created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS dynamodb_indexes (
    id INTEGER PRIMARY KEY, table_id INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE (table_id, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS dynamodb_tokens (
    token TEXT PRIMARY KEY, digest TEXT NOT NULL, response TEXT NOT NULL, answered_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS dynamodb_tokens_age ON dynamodb_tokens (answered_at_ms);
`;

/** Opens the one file of the service, made when it is not there. */
export const openDatabase = (directory: string): DatabaseSync => openSqlite(directory, 'dynamodb.sqlite', SCHEMA);
