import { appendFile, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const STREAM_LIMIT_BYTES = 5 * 1024 * 1024;
const STREAMS_KEPT = 20;
const FLUSH_EVERY_MS = 200;
const FLUSH_AT_BYTES = 256 * 1024;

/** One log stream as a file. Lines are gathered and written together; a full file is kept once as `.1` and begun anew. */
export interface LogStream {
  readonly name: string;
  write(text: string): void;
  /** Resolves when everything written before is in the file, and nothing will touch it any more. */
  close(): Promise<void>;
}

/** Folder of a log group below the data folder; a name cannot lead out of it. */
export function logGroupDirectory(root: string, logGroup: string): string {
  const parts = logGroup.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return path.join(root, ...parts);
}

function dropOldStreams(directory: string): void {
  const files = readdirSync(directory).filter((file) => file.endsWith('.log'));
  if (files.length < STREAMS_KEPT) return;
  const byAge = files
    .map((file) => ({ file, changedMs: statSync(path.join(directory, file)).mtimeMs }))
    .sort((a, b) => a.changedMs - b.changedMs);
  for (const { file } of byAge.slice(0, files.length - STREAMS_KEPT + 1)) {
    rmSync(path.join(directory, file), { force: true });
    rmSync(path.join(directory, `${file}.1`), { force: true });
  }
}

export function openLogStream(directory: string, name: string): LogStream {
  mkdirSync(directory, { recursive: true });
  dropOldStreams(directory);
  const file = path.join(directory, `${name.replaceAll('/', '-')}.log`);
  let written = 0;
  let pending = '';
  let writing = false;
  let timer: NodeJS.Timeout | undefined;
  let closed: (() => void) | undefined;

  const flush = (): void => {
    timer = undefined;
    if (writing) return;
    if (pending === '') {
      closed?.();
      return;
    }
    if (written > STREAM_LIMIT_BYTES) {
      renameSync(file, `${file}.1`);
      written = 0;
    }
    const text = pending;
    pending = '';
    written += text.length;
    writing = true;
    appendFile(file, text, () => {
      // A full disk costs log lines, never a request.
      writing = false;
      if (closed !== undefined) flush();
      else if (pending !== '') schedule();
    });
  };
  const schedule = (): void => {
    if (pending.length > FLUSH_AT_BYTES) flush();
    else timer ??= setTimeout(flush, FLUSH_EVERY_MS);
  };

  return {
    name,
    write(text) {
      // A writer faster than the disk must not fill the platform's memory.
      if (pending.length > STREAM_LIMIT_BYTES) return;
      pending += text;
      schedule();
    },
    close() {
      clearTimeout(timer);
      return new Promise((resolve) => {
        closed = resolve;
        flush();
      });
    },
  };
}
