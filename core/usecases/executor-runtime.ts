import { PlatformError } from '../domain/errors.ts';
import { type CompiledModel, compileModel } from '../domain/executor/compile-model.ts';
import type { LoadedModel, ModelRuntime, ModelToLoad } from '../ports/model-runtime.ts';

/**
 * Serves by the executor the versions that it was verified for at registration, and every other by `native`, whose library is
 * then loaded when the first of them is.
 */
export const executorRuntime = (native: ModelRuntime): ModelRuntime => ({
  async prepare(model) {
    if (!isVerified(model)) await native.prepare?.(model);
  },
  async load(bytes, model, options) {
    if (!isVerified(model)) return native.load(bytes, model, options);
    const compiled = compileModel(bytes, model.signature, { acceptsLayouts: true }).model;
    if (compiled) return loadedModel(compiled, model);
    await native.prepare?.(model);
    return native.load(bytes, model, options);
  },
});

const isVerified = ({ executor }: ModelToLoad): boolean => executor?.name === 'typescript';

const loadedModel = (
  compiled: CompiledModel,
  { service, version }: { service: string; version: number },
): LoadedModel => ({
  async run(inputs, outputs) {
    try {
      return compiled.run(inputs, outputs);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new PlatformError('infer.model_failed', {
        message: `version ${version} of ${service} failed on this input`,
        details: { service, version },
        cause,
      });
    }
  },
  release: async () => undefined,
});
