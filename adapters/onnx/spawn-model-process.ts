import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KIB_PER_MIB = 1024;
/**
 * What Node.js sets aside before a model is loaded, as the kernel counts data: most of it is address space that it never
 * touches (577 MiB for Node.js 24 with onnxruntime on Linux).
 */
const BASE_DATA_MIB = 640;
/** The library takes memory in powers of two and touches a part of it; what is touched is watched and held to the limit itself. */
const RESERVED_PER_TOUCHED = 1.5;
/** Of the function's variables those that finding and running the library needs. No credentials: a model file is hostile input. */
const VARIABLES = ['PATH', 'NODE_PATH', 'LD_LIBRARY_PATH', 'LANG', 'TZ', 'ORT_DISABLE_TELEMETRY'];

/** Core dumps off, no file may be written, few may be open; and the kernel refuses memory far beyond the limit at once. */
const limitsOf = (memoryMiB: number | undefined): string =>
  [
    'ulimit -c 0',
    'ulimit -f 0',
    'ulimit -n 256',
    ...(memoryMiB === undefined
      ? []
      : [`ulimit -d ${Math.ceil(BASE_DATA_MIB + memoryMiB * RESERVED_PER_TOUCHED) * KIB_PER_MIB}`]),
  ].join('; ');

/**
 * Starts a model process: its frames on file descriptor 3, its complaints on `stderr`, an empty folder to work in.
 *
 * @param script the bundled `model-process`
 */
export function spawnModelProcess(
  script: string,
  { memoryMiB, variables }: { memoryMiB: number | undefined; variables: Readonly<Record<string, string | undefined>> },
): ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-model-'));
  // Loaded at the first native model: others start without it.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(
    '/bin/sh',
    // A limit that the system does not know is no reason not to serve: the memory is watched, too.
    ['-c', `{ ${limitsOf(memoryMiB)}; } 2>/dev/null; exec "$0" --no-warnings "$1"`, process.execPath, script],
    {
      cwd: folder,
      env: Object.fromEntries(
        VARIABLES.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])),
      ),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  // A process without work keeps nobody alive.
  for (const handle of [child, ...child.stdio]) (handle as { unref?: () => void } | null)?.unref?.();
  const end = () => child.kill('SIGKILL');
  // A model in an endless loop does not notice that its function has ended.
  process.once('exit', end);
  child.once('close', () => {
    process.removeListener('exit', end);
    rmSync(folder, { recursive: true, force: true });
  });
  return child;
}
