import type { Tensor } from '../domain/inference/tensor.ts';
import type { ModelToLoad } from './model-runtime.ts';

/** What a model may take before it is ended. */
export interface ProbeLimits {
  readonly memoryMiB: number;
  /** For loading it, once its process has started. */
  readonly loadMs: number;
  /** For one run. */
  readonly runMs: number;
}

/** A model in a process of its own, which it may do to whatever it likes. */
export interface ProbedModel {
  /** How long it took to load. */
  readonly loadMs: number;
  /** The most memory that its process has had so far; NaN where the system does not tell. */
  peakMiB(): Promise<number>;
  /**
   * @param outputs names to compute, in the order to return them
   * @throws what `ModelProbe.open` throws; after anything but `infer.model_failed` the model is gone
   */
  run(inputs: readonly Tensor[], outputs: readonly string[]): Promise<Tensor[]>;
  /** Ends its process. */
  close(): Promise<void>;
}

/** Tries models out: nothing that a model does reaches whoever asked. */
export interface ModelProbe {
  /**
   * @throws `infer.model_failed` when ONNX Runtime refuses it; the cause has its text
   * @throws `infer.model_crashed`, `infer.deadline_exceeded`, `infer.model_out_of_memory` when its process had to be ended
   */
  open(bytes: Uint8Array, limits: ProbeLimits, model: ModelToLoad): Promise<ProbedModel>;
}
