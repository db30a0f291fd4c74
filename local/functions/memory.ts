import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const KIB = 1024;

/** Resident memory of a process in bytes, or undefined where it is gone or the system does not tell. */
export function residentBytes(pid: number): number | undefined {
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
