import { median, round } from '../statistics.ts';
import { processTree } from './process-tree.ts';
import { type Load, runLoad } from './run-load.ts';

/** One server with the request that it is asked. */
export interface Contender extends Omit<Load, 'clients' | 'durationMs'> {
  /** Whose processor time counts, all its descendants included. */
  readonly pid: number;
}

export interface ServerTimes {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of all the server's processes for one request. */
  readonly cpuMicros: number;
}

/** Medians of several rounds in which every server is asked in turn: whatever else the machine does then hits all alike. */
export async function compareServers<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  { rounds, clients, durationMs, warmUpMs }: { rounds: number; clients: number; durationMs: number; warmUpMs: number },
): Promise<Record<Name, ServerTimes>> {
  const names = Object.keys(contenders) as Name[];
  const times = new Map<Name, ServerTimes[]>(names.map((name) => [name, []]));
  const measure = async (name: Name, forMs = durationMs): Promise<ServerTimes> => {
    const { pid, ...request } = contenders[name];
    const before = processTree(pid).cpuMicros;
    const { requests, perSecond, p50Ms, p99Ms } = await runLoad({ ...request, clients, durationMs: forMs });
    return { perSecond, p50Ms, p99Ms, cpuMicros: (processTree(pid).cpuMicros - before) / requests };
  };
  // One round that does not count: processes start, code is compiled.
  for (const name of names) await measure(name, warmUpMs);
  for (let round = 0; round < rounds; round += 1) for (const name of names) times.get(name)?.push(await measure(name));
  return Object.fromEntries([...times].map(([name, all]) => [name, medians(all)])) as Record<Name, ServerTimes>;
}

const medians = (all: readonly ServerTimes[]): ServerTimes => {
  const of = (pick: (times: ServerTimes) => number, digits: number) => round(median(all.map(pick)), digits);
  return {
    perSecond: of(({ perSecond }) => perSecond, 0),
    p50Ms: of(({ p50Ms }) => p50Ms, 2),
    p99Ms: of(({ p99Ms }) => p99Ms, 2),
    cpuMicros: of(({ cpuMicros }) => cpuMicros, 0),
  };
};

/** Throughput and processor time for one request, each as a ratio to the other server's. */
export const ratioTo = (times: ServerTimes, other: ServerTimes): { throughput: number; cpu: number } => ({
  throughput: round(times.perSecond / other.perSecond),
  cpu: round(times.cpuMicros / other.cpuMicros),
});

export const describeTimes = (name: string, { perSecond, p50Ms, p99Ms, cpuMicros }: ServerTimes): string =>
  `${name}: ${perSecond}/s, p50 ${p50Ms} ms, p99 ${p99Ms} ms, cpu ${cpuMicros} µs a request`;
