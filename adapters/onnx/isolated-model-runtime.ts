import type { LoadedModel, ModelRuntime, RunOptions } from '../../core/ports/model-runtime.ts';
import { type ModelProcessClient, modelProcessClient } from './model-process-client.ts';
import { spawnModelProcess } from './spawn-model-process.ts';

export interface IsolatedModelRuntimeOptions {
  /** The bundled `model-process`. */
  readonly script: string;
  /** The function's own; a model process sees a few of them and no credentials. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Resident memory beyond which the process is ended. @default - none */
  readonly memoryMiB?: number | undefined;
}

/**
 * Models on ONNX Runtime in a child process: one that crashes, hangs or takes all memory costs its request and that process,
 * which the next request starts anew. All models of a function share the process, because one each would cost 60 MiB.
 */
export function isolatedModelRuntime({ script, variables, memoryMiB }: IsolatedModelRuntimeOptions): ModelRuntime {
  let current: ModelProcessClient | undefined;
  let nextModel = 1;

  const running = (): ModelProcessClient => {
    if (current?.isAlive()) return current;
    current = modelProcessClient(spawnModelProcess(script, { memoryMiB, variables }), { memoryMiB });
    return current;
  };

  return {
    async load(bytes, { service, version }, options): Promise<LoadedModel> {
      const name = { service, version };
      const model = nextModel;
      nextModel += 1;
      const process = running();
      await process.load(model, bytes, { name, limitMs: limitOf(options) });
      return {
        run: (inputs, outputs, runOptions) =>
          process.run(model, { inputs, outputs }, { name, limitMs: limitOf(runOptions) }),
        release: () => process.release(model, name),
        isLost: () => !process.isAlive(),
      };
    },
  };
}

const limitOf = (options: RunOptions | undefined): number | undefined =>
  options?.remainingMs && Math.max(1, options.remainingMs());
