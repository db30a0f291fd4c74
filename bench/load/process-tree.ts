import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts a process's time in ticks of 10 ms. */
const MICROS_PER_TICK = 10_000;

interface Process {
  readonly parent: number;
  /** Of itself and of its children that have ended. */
  readonly cpuMicros: number;
}

/** A process and all that descend from it, as /proc has them. */
export function processTree(pid: number): { readonly pids: readonly number[]; readonly cpuMicros: number } {
  const processes = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const process = readProcess(name);
    if (process) processes.set(Number(name), process);
  }
  const pids = [...processes.keys()].filter((candidate) => descends(candidate, pid, processes));
  return { pids, cpuMicros: pids.reduce((sum, member) => sum + (processes.get(member)?.cpuMicros ?? 0), 0) };
}

function readProcess(pid: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; what follows are numbers, from the third field on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), cpuMicros: ticks * MICROS_PER_TICK };
  } catch {
    // It ended between listing and reading.
    return undefined;
  }
}

function descends(pid: number, ancestor: number, processes: ReadonlyMap<number, Process>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = processes.get(at)?.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

/** Resident memory of one process; 0 where it has ended. */
export function residentMiB(pid: number): number {
  try {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}
