import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const KIB = 1024;

/** Resident memory of a process and of those that it has started, in bytes; undefined where it is gone or the system does not tell. */
export function residentBytes(pid: number): number | undefined {
  const own = residentBytesOf(pid);
  return own === undefined ? undefined : childrenOf(pid).reduce((sum, child) => sum + (residentBytes(child) ?? 0), own);
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    // Gone, or not Linux: the process itself is counted all the same.
    return [];
  }
}

function residentBytesOf(pid: number): number | undefined {
  try {
    const kib =
      process.platform === 'linux'
        ? /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return kib === undefined || kib === '' ? undefined : Number(kib) * KIB;
  } catch {
    // The process ended between two looks: its exit is reported elsewhere.
    return undefined;
  }
}
