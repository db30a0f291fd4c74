import { PlatformError } from '../../core/domain/errors.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import type { ModelRuntime } from '../../core/ports/model-runtime.ts';

export interface FakeRuntime extends ModelRuntime {
  /** `service@version` of every load, in order. */
  readonly loads: string[];
  /** Those in memory now. */
  readonly held: Set<string>;
  /** Called at each load: may wait, may throw. */
  onLoad: (key: string) => Promise<void> | void;
  /** Called at each run: may wait, may throw. */
  onRun: (key: string) => Promise<void> | void;
}

export const modelFailed = (service: string, version: number) =>
  new PlatformError('infer.model_failed', {
    message: `version ${version} of ${service} failed on this input`,
    details: { service, version },
  });

/** Models that answer with their version's number in each element of `y`, and refuse to run once released. */
export function fakeRuntime(): FakeRuntime {
  const runtime: FakeRuntime = {
    loads: [],
    held: new Set(),
    onLoad: () => undefined,
    onRun: () => undefined,
    async load(_bytes, { service, version }) {
      const key = `${service}@${version}`;
      runtime.loads.push(key);
      await runtime.onLoad(key);
      runtime.held.add(key);
      let released = false;
      return {
        async run(inputs, outputs) {
          await runtime.onRun(key);
          if (released) throw new Error(`${key} ran after its release`);
          const shape = inputs[0]?.shape ?? [];
          return outputs.map((name): Tensor => {
            const data = new Float32Array(inputs[0]?.data.length ?? 0).fill(version);
            return { name, datatype: 'FP32', shape, data };
          });
        },
        async release() {
          released = true;
          runtime.held.delete(key);
        },
      };
    },
  };
  return runtime;
}

/** A door that stays shut until it is opened. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: () => resolve() };
}
