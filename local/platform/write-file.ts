import { renameSync, writeFileSync } from 'node:fs';

/** Replaces a small file whole: a reader sees the old text or the new one, whenever the process is killed. */
export function writeFileWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { flush: true });
  renameSync(temporary, file);
}
