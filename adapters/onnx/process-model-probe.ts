import type { ModelProbe } from '../../core/ports/model-probe.ts';
import { modelProcessClient } from './model-process-client.ts';
import { spawnModelProcess } from './spawn-model-process.ts';

export interface ProcessModelProbeOptions {
  /** The bundled `model-process`. */
  readonly script: string;
  /** The function's own; a model process sees a few of them and no credentials. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** For Node.js and the library, before the model's own time begins: seconds where a function's files are read for the first time. */
const START_LIMIT_MS = 3_000;
const BYTES_PER_MIB = 1024 * 1024;

/** Tries each model out in a child process of its own, ended when it is closed or passes a limit. */
export const processModelProbe = ({ script, variables }: ProcessModelProbeOptions): ModelProbe => ({
  async open(bytes, { memoryMiB, loadMs: loadLimitMs, runMs }, { service, version }) {
    const child = spawnModelProcess(script, { memoryMiB, variables });
    const process = modelProcessClient(child, { memoryMiB });
    const name = { service, version };
    try {
      const { loadMs } = await process.load(MODEL, bytes, { name, limitMs: loadLimitMs + START_LIMIT_MS });
      return {
        loadMs,
        peakMiB: async () => (process.memory()?.peakBytes ?? Number.NaN) / BYTES_PER_MIB,
        run: (inputs, outputs) => process.run(MODEL, { inputs, outputs }, { name, limitMs: runMs }),
        close: async () => process.kill(),
      };
    } catch (error) {
      process.kill();
      throw error;
    }
  },
});

/** The only one in its process. */
const MODEL = 1;
