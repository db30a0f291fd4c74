import { randomUUID } from 'node:crypto';
import { mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Contents as files, named by an id of their own and never by a key, which may hold anything. */
export interface ContentFiles {
  /** Lets `write` fill a new content and keeps it if `write` succeeds; when this resolves, it is on disk whole. */
  store<T>(
    write: (sink: (bytes: Uint8Array) => Promise<void>) => Promise<T>,
  ): Promise<{ contentId: string; result: T }>;
  /** A file descriptor to read from. It goes on working when the content is removed meanwhile. */
  openForReading(contentId: string): number;
  remove(contentId: string): void;
  /** Removes what a killed process left behind: half contents, and whole ones that nothing refers to. */
  removeOrphans(isReferenced: (contentId: string) => boolean): void;
}

export function openContentFiles(directory: string): ContentFiles {
  const kept = join(directory, 'contents');
  const temporary = join(directory, 'incoming');
  for (const folder of [kept, temporary]) mkdirSync(folder, { recursive: true });
  return {
    async store(write) {
      const contentId = randomUUID();
      const half = join(temporary, contentId);
      try {
        const result = await writeWhole(half, write);
        // Into a folder of 256, because a folder of many thousands of files is slow to list.
        const folder = join(kept, contentId.slice(0, 2));
        mkdirSync(folder, { recursive: true });
        await rename(half, join(folder, contentId));
        await syncFolder(folder);
        return { contentId, result };
      } catch (error) {
        await rm(half, { force: true });
        throw error;
      }
    },
    openForReading: (contentId) => openSync(join(kept, contentId.slice(0, 2), contentId), 'r'),
    remove: (contentId) => rmSync(join(kept, contentId.slice(0, 2), contentId), { force: true }),
    removeOrphans(isReferenced) {
      for (const name of readdirSync(temporary)) rmSync(join(temporary, name), { force: true });
      for (const folder of readdirSync(kept)) {
        for (const name of readdirSync(join(kept, folder))) {
          if (!isReferenced(name)) rmSync(join(kept, folder, name), { force: true });
        }
      }
    },
  };
}

async function writeWhole<T>(
  path: string,
  write: (sink: (bytes: Uint8Array) => Promise<void>) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'wx');
  try {
    const result = await write((bytes) => writeAll(file, bytes));
    await file.datasync();
    return result;
  } finally {
    await file.close();
  }
}

/** One write may take less than it was given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written);
    written += bytesWritten;
  }
}

/** A renamed file is safe from a power failure only when its folder is on disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
