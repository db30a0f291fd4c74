import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../scripts/bundle.ts';
import { hundredTrees } from './models.ts';
import { requestEvent } from './request-event.ts';
import { median, round } from './statistics.ts';

const RUNS = 15;
const SCRIPTS = join(import.meta.dirname, 'cold-start');

interface Scenario {
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface Run {
  /** Of the whole process as its parent sees it, until the answer. */
  readonly wallMs: number;
  /** Node.js has started and runs the first line. */
  readonly startedMs: number;
  /** The handler's code is loaded. */
  readonly loadedMs: number;
  readonly answeredMs: number;
  /** Processor time of the process, all threads; a model process is not part of it. */
  readonly cpuMs: number;
}

/**
 * From the start of a process to its first prediction, one row: bare Node.js, a naive handler with onnxruntime-node and the
 * model beside it, and the inference bundle, which asks a registry over HTTP first. All take turns; the registry is a process of
 * its own, which has answered every question before.
 *
 * @returns medians in milliseconds by stage, and time and processor time as a ratio to bare Node.js
 */
export async function benchColdStart(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const { outdir } = await bundle();
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-cold-'));
  const storage = fork(join(SCRIPTS, 'storage-process.ts'), { execArgv: ['--no-warnings'] });
  try {
    const [variables] = (await once(storage, 'message')) as [Record<string, string>];
    writeFileSync(join(folder, 'trees.onnx'), hundredTrees());
    const bundled = (service: string): Scenario => ({
      script: 'bundle.cjs',
      environment: {
        ...variables,
        BUNDLE: join(outdir, 'lambdas', 'infer', 'index.cjs'),
        EVENT: JSON.stringify(requestEvent(service)),
      },
    });
    // As the second process of a function on one machine finds it; on Lambda nothing that a process wrote is there at a cold start.
    const cached = (service: string): Scenario => {
      const scenario = bundled(service);
      return { ...scenario, environment: { ...scenario.environment, NODE_COMPILE_CACHE: join(folder, 'cache') } };
    };
    const scenarios: Record<string, Scenario> = {
      'bare node': { script: 'bare.cjs', environment: {} },
      'naive, 100 trees': {
        script: 'naive.cjs',
        environment: {
          MODEL_FILE: join(folder, 'trees.onnx'),
          ORT_DISABLE_TELEMETRY: '1',
          EVENT: JSON.stringify(requestEvent('trees')),
        },
      },
      'bundle, executor, linear': bundled('linear-executor'),
      'bundle, executor, 100 trees': bundled('trees-executor'),
      'bundle, executor, linear, V8 compile cache': cached('linear-executor'),
      'bundle, executor, 100 trees, V8 compile cache': cached('trees-executor'),
      'bundle, onnxruntime, linear': bundled('linear-onnxruntime'),
      'bundle, onnxruntime, 100 trees': bundled('trees-onnxruntime'),
    };
    const runs = await takeTurns(scenarios);
    return report(runs, log);
  } finally {
    storage.disconnect();
    await once(storage, 'exit');
    rmSync(folder, { recursive: true });
  }
}

async function takeTurns(scenarios: Readonly<Record<string, Scenario>>): Promise<Map<string, Run[]>> {
  const runs = new Map<string, Run[]>(Object.keys(scenarios).map((name) => [name, []]));
  // One round that does not count: files come into the page cache.
  for (const scenario of Object.values(scenarios)) await start(scenario);
  for (let run = 0; run < RUNS; run += 1) {
    for (const [name, scenario] of Object.entries(scenarios)) runs.get(name)?.push(await start(scenario));
  }
  return runs;
}

function start({ script, environment }: Scenario): Promise<Run> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--no-warnings', join(SCRIPTS, script)], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk;
    });
    child.stdout.once('data', (chunk: Buffer) => {
      const wallMs = performance.now() - begun;
      const told = JSON.parse(chunk.toString()) as Record<string, number>;
      const { started = 0, loaded = started, answered = 0, cpu = 0 } = told;
      child.once('exit', () =>
        resolve({ wallMs, startedMs: started, loadedMs: loaded, answeredMs: answered, cpuMs: cpu }),
      );
    });
    child.once('exit', (code) => code !== 0 && reject(new Error(`${script} exited with ${code}: ${complaint}`)));
  });
}

function report(runs: ReadonlyMap<string, readonly Run[]>, log: (line: string) => void): Record<string, unknown> {
  const medians = [...runs].map(([name, all]) => {
    const of = (pick: (run: Run) => number) => median(all.map(pick));
    const wallMs = of(({ wallMs }) => wallMs);
    return [
      name,
      {
        wallMs: round(wallMs, 1),
        bootMs: round(
          of(({ startedMs }) => startedMs),
          1,
        ),
        loadMs: round(
          of(({ loadedMs, startedMs }) => loadedMs - startedMs),
          1,
        ),
        predictMs: round(
          of(({ answeredMs, loadedMs }) => answeredMs - loadedMs),
          1,
        ),
        cpuMs: round(
          of(({ cpuMs }) => cpuMs),
          1,
        ),
      },
    ] as const;
  });
  const [, bare] = medians[0] ?? [];
  return Object.fromEntries(
    medians.map(([name, times]) => {
      const ratio = round(times.wallMs / (bare?.wallMs ?? Number.NaN));
      const cpuRatio = round(times.cpuMs / (bare?.cpuMs ?? Number.NaN));
      log(
        `${name}: ${times.wallMs} ms (boot ${times.bootMs}, load ${times.loadMs}, first prediction ${times.predictMs}; cpu ${times.cpuMs}): ${ratio} × bare node (cpu ${cpuRatio} ×)`,
      );
      return [name, { ...times, 'ratio to bare node': ratio, 'cpu ratio to bare node': cpuRatio }];
    }),
  );
}
