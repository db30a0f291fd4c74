import { readdirSync, readFileSync } from 'node:fs';

/** What a process below another one is, and the most memory that it has taken so far. */
export interface ProcessPeak {
  /** The function's name, or `model process`. */
  readonly name: string;
  readonly peakMiB: number;
}

/** The functions and model processes that run below `root` (a process id), on Linux. */
export function processPeaks(root: number): ProcessPeak[] {
  return descendants(root).flatMap((pid) => {
    const variables = read(pid, 'environ').split('\0');
    const functionName = variables.find((entry) => entry.startsWith(NAME))?.slice(NAME.length);
    const name = read(pid, 'cmdline').includes('model-process') ? 'model process' : functionName;
    const peakKiB = Number(/^VmHWM:\s+(\d+) kB/m.exec(read(pid, 'status'))?.[1] ?? Number.NaN);
    return name === undefined || Number.isNaN(peakKiB) ? [] : [{ name, peakMiB: Math.round(peakKiB / 1024) }];
  });
}

const NAME = 'AWS_LAMBDA_FUNCTION_NAME=';

function descendants(root: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(read(Number(name), 'stat').split(') ').at(-1)?.split(' ')[1])] as const);
  const found = [root];
  for (const parent of found) found.push(...parents.filter(([, of]) => of === parent).map(([pid]) => pid));
  return found;
}

/** Nothing where it has ended in the meantime. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
