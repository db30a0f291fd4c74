import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const START_TIMEOUT_MS = 30_000;

/** Whether `moto_server`, an independent emulation of AWS, can be started here. */
export function motoIsInstalled(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, 'moto_server')));
}

/** Starts a fresh `moto_server` on a free port of 127.0.0.1, for one test file. */
export async function startMoto(): Promise<{ url: string; stop(): Promise<void> }> {
  // Port 0 lets the server choose, so that parallel test files never meet on one port. Its own process group, because
  // `moto_server` may be a shell shim whose child would outlive it.
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', '0'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stopAtExit = () => killGroup(child);
  process.once('exit', stopAtExit);
  try {
    const url = await addressOf(child);
    return {
      url,
      async stop() {
        process.off('exit', stopAtExit);
        const ended = new Promise((resolve) => child.once('exit', resolve));
        if (child.exitCode !== null || child.signalCode !== null) return;
        killGroup(child);
        await ended;
      },
    };
  } catch (error) {
    killGroup(child);
    throw error;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason: string) => reject(new Error(`moto_server ${reason}; it said:\n${output}`));
    const timer = setTimeout(() => fail(`named no address within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('exit', (code) => fail(`ended with ${code}`));
    const read = (chunk: Buffer) => {
      // Both pipes are read for the whole life: a full pipe would stop the server.
      if (output.length > 10_000) return;
      output += chunk.toString();
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, 'SIGKILL');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
