import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RefusedError } from '../assembly/refused-error.ts';

/**
 * Holds a data folder for one platform. The lock is the operating system's, taken through SQLite: it goes with its process,
 * `kill -9` included, so that no stale lock can be left behind and no process id be mistaken for another.
 * @throws `platform.data_folder_in_use` naming the process that holds it
 */
export function lockDataFolder(directory: string): { release(): void } {
  mkdirSync(directory, { recursive: true });
  const holder = path.join(directory, 'platform.pid');
  const database = new DatabaseSync(path.join(directory, 'lock'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new RefusedError(
      'platform.data_folder_in_use',
      `another local platform${describeHolder(holder)} uses the data folder ${directory}: stop it, or give this one a folder of its own`,
      { cause },
    );
  }
  writeFileSync(holder, String(process.pid));
  return {
    release() {
      rmSync(holder, { force: true });
      database.close();
    },
  };
}

function describeHolder(file: string): string {
  try {
    return ` (process ${readFileSync(file, 'utf8')})`;
  } catch {
    // It is just starting or stopping: the message does without the number.
    return '';
  }
}
