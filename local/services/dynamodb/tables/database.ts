import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Opens the one file of the service, made when it is not there. */
export function openDatabase(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'dynamodb.sqlite'));
  // With a write-ahead log a commit is in the system's hands when it returns, so that killing the process loses nothing that was answered;
  // NORMAL leaves out the sync per commit, which only a power failure would need and which costs milliseconds.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
  database.exec(`
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
    // Some failures have ended the transaction already; rolling back again would hide them.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
