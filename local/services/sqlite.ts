import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Opens the one database file of a service, made with `schema` when it is not there. */
export function openSqlite(directory: string, file: string, schema: string): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, file));
  // With a write-ahead log a commit is in the system's hands when it returns, so that killing the process loses nothing that was
  // answered; NORMAL leaves out the sync per commit, which only a power failure would need and which costs milliseconds.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000');
  database.exec(schema);
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
