import type { Tensor } from '../inference/tensor.ts';

/** Largest difference of two floats that still are equal, absolute up to 1 and relative beyond. */
export const TOLERANCE = 1e-6;

/**
 * How far two runtimes' answers to the same rows are apart.
 *
 * @returns the largest difference of two floats, relative beyond 1; `Infinity` where labels, names, datatypes or shapes differ, or
 *   one float is NaN or infinite and the other is not the same
 */
export function largestDifference(a: readonly Tensor[], b: readonly Tensor[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...a.map((tensor, index) => tensorDifference(tensor, b[index] as Tensor)));
}

function tensorDifference(a: Tensor, b: Tensor): number {
  const isSameKind = a.name === b.name && a.datatype === b.datatype && String(a.shape) === String(b.shape);
  if (!isSameKind || a.data.length !== b.data.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.data.length; i += 1) {
    const [x, y] = [a.data[i], b.data[i]];
    if (x === y || Object.is(x, y)) continue;
    if (a.datatype !== 'FP32' && a.datatype !== 'FP64') return Number.POSITIVE_INFINITY;
    const difference = Math.abs((x as number) - (y as number)) / Math.max(1, Math.abs(y as number));
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return largest;
}
