export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Wall and processor time of one call, in microseconds. */
export interface CallTime {
  readonly wallMicros: number;
  readonly cpuMicros: number;
}

/** Average over `calls` calls, one after the other. */
export async function timeCalls(call: () => unknown, calls: number): Promise<CallTime> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (let i = 0; i < calls; i += 1) await call();
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMicros: (wallMs * 1000) / calls, cpuMicros: (user + system) / calls };
}

/**
 * Medians of several rounds in which every contender runs in turn: whatever else the machine does then hits all alike.
 */
export async function compareCalls<Name extends string>(
  contenders: Readonly<Record<Name, () => unknown>>,
  { rounds, calls }: { rounds: number; calls: number },
): Promise<Record<Name, CallTime>> {
  const names = Object.keys(contenders) as Name[];
  const times = new Map<Name, CallTime[]>(names.map((name) => [name, []]));
  for (const name of names) await timeCalls(contenders[name], calls);
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times.get(name)?.push(await timeCalls(contenders[name], calls));
  }
  return Object.fromEntries(
    [...times].map(([name, all]) => [
      name,
      {
        wallMicros: round1(median(all.map(({ wallMicros }) => wallMicros))),
        cpuMicros: round1(median(all.map(({ cpuMicros }) => cpuMicros))),
      },
    ]),
  ) as Record<Name, CallTime>;
}

const round1 = (value: number): number => round(value, 1);
