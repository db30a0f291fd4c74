import type { Datatype, TensorData } from './datatype.ts';

/** A named tensor: `data` holds the product of `shape` elements, row-major. A shape of `[]` is a scalar with one element. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/**
 * Number of elements of a shape: the product of its dimensions, 1 for `[]`.
 *
 * @returns an integer ≥ 0, or `NaN` when a dimension is not a whole number ≥ 0 or the product is not a safe integer
 */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const dimension of shape) {
    if (!(Number.isSafeInteger(dimension) && dimension >= 0)) return Number.NaN;
    count *= dimension;
  }
  return Number.isSafeInteger(count) ? count : Number.NaN;
}
