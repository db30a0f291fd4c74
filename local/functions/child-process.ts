import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { FunctionConfig } from './function-config.ts';

const BOOTSTRAP = path.join(import.meta.dirname, 'bootstrap.mjs');
// Lambda gives V8 a little less than the function's memory; the rest is for buffers, native libraries and the process itself.
const HEAP_SHARE = 0.9;

/** Starts the bootstrap with a function's environment and nothing else. File descriptor 3 carries the frames. */
export function spawnBootstrap(config: FunctionConfig, env: Record<string, string>): ChildProcess {
  return spawn(
    process.execPath,
    [`--max-old-space-size=${Math.floor(config.memoryMiB * HEAP_SHARE)}`, '--no-warnings', BOOTSTRAP],
    {
      cwd: config.codeDirectory,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C in the terminal reaches the platform only, which lets requests finish first.
      detached: true,
    },
  );
}

/** The whole group, so that what a handler started ends with it. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left: that is what was wanted.
  }
}
