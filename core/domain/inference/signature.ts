import type { Datatype } from './datatype.ts';

/** A dimension: a fixed size, a symbolic name that binds one size per request (`"N"`), or null where the model says nothing. */
export type Dimension = number | string | null;

export interface TensorSignature {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly Dimension[];
  /** The model does not say how many dimensions there are: any shape is taken, and `shape` is empty. */
  readonly anyRank?: true | undefined;
}

/** What a model takes and gives, read from its ONNX file. */
export interface ModelSignature {
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}

/** The shape as the Open Inference Protocol writes it: −1 for a variable dimension. */
export const toProtocolShape = (shape: readonly Dimension[]): number[] =>
  shape.map((dimension) => (typeof dimension === 'number' ? dimension : -1));
