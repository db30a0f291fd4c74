import type { Datatype, TensorData } from '../inference/datatype.ts';

/** A tensor on its way through a plan. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What is known of a value before it is computed. */
export interface ValueType {
  readonly datatype: Datatype;
  readonly rank: number;
  /** The value itself where it never changes: a weight. */
  readonly constant?: Value;
}

/** Computes a node's outputs from its inputs; an input that the node leaves out is undefined. */
export type Step = (inputs: readonly Value[]) => readonly Value[];

/** A node made ready to run. */
export interface CompiledNode {
  readonly types: readonly ValueType[];
  readonly step: Step;
}

export const floatsOf = (value: Value): Float32Array => value.data as Float32Array;

/** The input that a step needs; the compiler has seen that the node names it. */
export const inputAt = (inputs: readonly Value[], index: number): Value => inputs[index] as Value;
