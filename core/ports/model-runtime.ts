import type { ExecutorVerdict } from '../contracts/api.ts';
import type { ModelSignature } from '../domain/inference/signature.ts';
import type { Tensor } from '../domain/inference/tensor.ts';

/** A model in memory, ready to answer. */
export interface LoadedModel {
  /** @param outputs names to compute, in the order to return them @throws `infer.model_failed` when the model itself fails */
  run(inputs: readonly Tensor[], outputs: readonly string[]): Promise<Tensor[]>;
  /** Gives its memory back; nothing may run on it afterwards. */
  release(): Promise<void>;
}

/** What is known of the model to load. */
export interface ModelToLoad {
  readonly service: string;
  readonly version: number;
  readonly signature: ModelSignature;
  readonly executor?: ExecutorVerdict | undefined;
}

export interface ModelRuntime {
  load(bytes: Uint8Array, model: ModelToLoad): Promise<LoadedModel>;
}
