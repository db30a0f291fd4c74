import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What one load client is to do: the same POST again and again, on so many connections. */
export interface Load {
  readonly url: string;
  readonly bodyFile: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly clients: number;
  readonly durationMs: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers by every status that is not 200. */
  readonly failures: Readonly<Record<string, number>>;
}

const run = promisify(execFile);
const CLIENT = join(import.meta.dirname, 'client.ts');

/** @throws when an answer was not 200: its speed would say nothing */
export async function runLoad(load: Load): Promise<LoadResult> {
  const { stdout } = await run(process.execPath, [CLIENT, JSON.stringify(load)]);
  const result = JSON.parse(stdout) as LoadResult;
  if (Object.keys(result.failures).length === 0) return result;
  throw new Error(`${load.url} failed under load: ${JSON.stringify(result.failures)}`);
}
