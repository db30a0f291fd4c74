import { sortNumbers } from './sort-numbers.ts';

/** A numeric column, sorted once for every statistic. */
export interface SortedSample {
  /** The finite values, ascending. */
  readonly values: Float64Array;
  /** Rows without a value: null, undefined or NaN. */
  readonly missing: number;
  /** Rows with ±∞: out of range. */
  readonly infinite: number;
}

/**
 * Sorts the finite values of a column and counts the others apart: a change of missing values is a drift of its own.
 *
 * @param values in any order; not changed
 *
 * Cost: O(n) time from 4,096 values on, O(n log n) below; O(n) memory.
 */
export function sortSample(values: ArrayLike<number | null | undefined>): SortedSample {
  const finite = new Float64Array(values.length);
  let kept = 0;
  let infinite = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (Number.isFinite(value)) finite[kept++] = value as number;
    else if (Math.abs(value ?? Number.NaN) === Number.POSITIVE_INFINITY) infinite += 1;
  }
  return { values: sortNumbers(finite.subarray(0, kept)), missing: values.length - kept - infinite, infinite };
}
