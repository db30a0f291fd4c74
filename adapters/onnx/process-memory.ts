import { readFileSync } from 'node:fs';

const BYTES_PER_KIB = 1024;

/** What Linux tells of a process's memory, in bytes; undefined where it has ended, or the system does not tell. */
export function processMemory(pid: number): { residentBytes: number; peakBytes: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * BYTES_PER_KIB;
    const [residentBytes, peakBytes] = [kib('VmRSS'), kib('VmHWM')];
    return Number.isNaN(residentBytes) ? undefined : { residentBytes, peakBytes };
  } catch {
    // It ended between two looks: its exit is told elsewhere.
    return undefined;
  }
}
