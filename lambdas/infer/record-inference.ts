import type { ModelVersion } from '../../core/contracts/api.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import type { Inference, ModelServer } from '../../core/usecases/serve-models.ts';

/** What a request was answered with, and from what, whatever its protocol. */
export interface RecordedInference extends Inference {
  readonly inputs: readonly Tensor[];
  /** Whether the caller named the version. */
  readonly isPinned: boolean;
  /** By what the caller wants to be known where traffic is split. */
  readonly routeKey: string | undefined;
}

/**
 * A model server for one request, which remembers the inference that answered it.
 *
 * @param readRouteKey asked before the inference, of which it may be the end
 */
export function recordInference<M extends ModelServer>(
  models: M,
  readRouteKey: () => string | undefined,
): {
  models: M;
  recorded: () => RecordedInference | undefined;
  /** The version that was about to answer, whether or not it did. */
  version: () => number | undefined;
} {
  let recorded: RecordedInference | undefined;
  let asked: number | undefined;
  return {
    recorded: () => recorded,
    version: () => asked,
    models: {
      ...models,
      async infer(target, makeInputs, options) {
        let inputs: readonly Tensor[] = [];
        const routeKey = readRouteKey();
        const recording = (version: ModelVersion) => {
          asked = version.version;
          const made = makeInputs(version);
          // Asked again where an unproven version fails: the last one answered.
          inputs = made.inputs;
          return made;
        };
        const inference = await models.infer(target, recording, options);
        recorded = { ...inference, inputs, isPinned: target.version !== undefined, routeKey };
        return inference;
      },
    },
  };
}
