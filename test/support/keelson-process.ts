import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** The platform as a user runs it: a process of its own, which a test may kill. */
export interface KeelsonProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  readonly output: () => string;
  /** Sends the signal and waits for the end. @returns the exit code, or null where a signal ended it */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts `bin/start.ts` on a free port and waits until it says that it is ready. */
export async function startKeelson(
  dataDirectory: string,
  options: readonly string[] = ['--no-examples'],
): Promise<KeelsonProcess> {
  const child = spawn(process.execPath, ['bin/start.ts', '--port', '0', '--data', dataDirectory, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const url = await new Promise<string>((ready, fail) => {
    createInterface(child.stdout).on('line', (line) => {
      output += `${line}\n`;
      const found = /^keelson ready (\S+)$/.exec(line);
      if (found?.[1]) ready(found[1]);
    });
    void ended.then((code) => fail(new Error(`keelson ended with ${code} before it was ready:\n${output}`)));
  });
  return {
    url,
    child,
    output: () => output,
    kill(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

const run = promisify(execFile);

/** Runs the command line. @returns its exit code and what it printed */
export async function keelson(
  url: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const result = await run(process.execPath, ['bin/keelson.ts', ...args], {
      env: { ...process.env, KEELSON_URL: url },
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, ...result };
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string };
    return { code: failed.code, stdout: failed.stdout, stderr: failed.stderr };
  }
}

/** The object on the last line that a command printed with `--json`. */
export const lastJson = (stdout: string): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
