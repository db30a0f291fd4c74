import type { ModelVersion } from '../../core/contracts/api.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import type { Inference, ModelServer } from '../../core/usecases/serve-models.ts';

/** What a request was answered with, and from what, whatever its protocol. */
export interface RecordedInference extends Inference {
  readonly inputs: readonly Tensor[];
  /** Whether the caller named the version. */
  readonly isPinned: boolean;
}

/** A model server for one request, which remembers the inference that answered it. */
export function recordInference<M extends ModelServer>(
  models: M,
): {
  models: M;
  recorded: () => RecordedInference | undefined;
} {
  let recorded: RecordedInference | undefined;
  return {
    recorded: () => recorded,
    models: {
      ...models,
      async infer(target, makeInputs, options) {
        let inputs: readonly Tensor[] = [];
        const recording = (version: ModelVersion) => {
          const made = makeInputs(version);
          // Asked again where an unproven version fails: the last one answered.
          inputs = made.inputs;
          return made;
        };
        const inference = await models.infer(target, recording, options);
        recorded = { ...inference, inputs, isPinned: target.version !== undefined };
        return inference;
      },
    },
  };
}
