import type { ExecutorVerdict } from '../contracts/api.ts';
import type { ModelSignature } from '../domain/inference/signature.ts';
import type { Tensor } from '../domain/inference/tensor.ts';

export interface RunOptions {
  /** How long the caller can still wait. A runtime that can be stopped ends what takes longer. @default - for ever */
  readonly remainingMs?: (() => number) | undefined;
}

/** A model in memory, ready to answer. */
export interface LoadedModel {
  /**
   * @param outputs names to compute, in the order to return them
   * @throws `infer.model_failed` when the model itself fails
   * @throws `infer.model_crashed`, `infer.model_out_of_memory` when it has ended the process that it runs in
   * @throws `infer.deadline_exceeded` when it takes longer than the caller can wait
   * @throws `infer.process_lost` when the process was ended by another model: load it again
   */
  run(inputs: readonly Tensor[], outputs: readonly string[], options?: RunOptions): Promise<Tensor[]>;
  /** Gives its memory back; nothing may run on it afterwards. */
  release(): Promise<void>;
  /** Whether it has gone with its process, so that it must be loaded again. @default - it never has */
  isLost?(): boolean;
}

/** What is known of the model to load. */
export interface ModelToLoad {
  readonly service: string;
  readonly version: number;
  readonly signature: ModelSignature;
  readonly executor?: ExecutorVerdict | undefined;
  /** What was found out at registration. */
  readonly admission?: { readonly rowsIndependent?: boolean | undefined } | undefined;
}

export interface ModelRuntime {
  /**
   * What can be done while the model's bytes are on their way: called before `load`, waited for together with them.
   *
   * @throws what keeps the model from being loaded, for example `infer.quarantined`
   */
  prepare?(model: ModelToLoad): Promise<void>;
  /** @throws what `run` throws, for the same reasons */
  load(bytes: Uint8Array, model: ModelToLoad, options?: RunOptions): Promise<LoadedModel>;
}
