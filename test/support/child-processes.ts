import { readdirSync, readFileSync } from 'node:fs';

/** The most memory that a function's process below `root` has taken so far, in MiB; the function by a part of its name. */
export function processPeakMiB(root: number, functionName: string): number {
  const found = descendants(root).find((pid) =>
    read(pid, 'environ')
      .split('\0')
      .some((entry) => entry.startsWith('AWS_LAMBDA_FUNCTION_NAME=') && entry.includes(functionName)),
  );
  if (found === undefined) throw new Error(`no process of ${functionName} runs below ${root}`);
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(found, 'status'))?.[1]) / 1024;
}

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
