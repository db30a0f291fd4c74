import type { Datatype, TensorData } from './datatype.ts';

/** A named tensor: `data` holds the product of `shape` elements, row-major. A shape of `[]` is a scalar with one element. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** ONNX Runtime refuses larger dimensions, also of tensors without elements. */
const DIMENSION_LIMIT = 2 ** 31 - 1;

/**
 * Number of elements of a shape: the product of its dimensions, 1 for `[]`.
 *
 * @returns an integer ≥ 0, or `NaN` when a dimension is not a whole number from 0 to 2^31 - 1, or when the product of those
 *   that are not 0 is not a safe integer: a runtime that multiplies them in order would overflow before it meets the 0
 */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const dimension of shape) {
    if (!(Number.isInteger(dimension) && dimension >= 0 && dimension <= DIMENSION_LIMIT)) return Number.NaN;
    count *= Math.max(dimension, 1);
  }
  if (!Number.isSafeInteger(count)) return Number.NaN;
  return shape.includes(0) ? 0 : count;
}
