import type { SortedSample } from './sort-sample.ts';

/** What a comparison of means needs of a sample. */
export interface Moments {
  readonly count: number;
  /** NaN for no values. */
  readonly mean: number;
  /** With ddof 0: Σ(x − mean)² / count. NaN for no values. */
  readonly variance: number;
}

/**
 * Mean and variance of the finite values, in two passes so that nothing cancels.
 *
 * Cost: O(n).
 */
export function momentsOf({ values }: Pick<SortedSample, 'values'>): Moments {
  const count = values.length;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, variance: squares / count };
}

/** Exact for a constant sample, whose sum divided by its count may be off by a rounding. */
function meanOf(values: Float64Array): number {
  const first = values[0] ?? Number.NaN;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}
