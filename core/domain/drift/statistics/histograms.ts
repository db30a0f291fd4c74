import { PlatformError } from '../../errors.ts';
import { checkNumbers } from './check-numbers.ts';

/** Counts per bin or category: numbers ≥ 0, not necessarily integers. */
export type Histogram = ArrayLike<number>;

export interface HistogramTotals {
  readonly bins: number;
  readonly referenceTotal: number;
  readonly currentTotal: number;
}

/**
 * What every comparison of two histograms needs first.
 *
 * @throws `drift.bins_mismatch` when the shapes differ
 * @throws `drift.sample_invalid` for a count that is negative, infinite or not a number
 * @throws `drift.empty_sample` when either side has no observations
 *
 * Cost: O(bins).
 */
export function checkHistograms(reference: Histogram, current: Histogram): HistogramTotals {
  if (reference.length !== current.length) {
    throw new PlatformError('drift.bins_mismatch', {
      message: `the reference has ${reference.length} bins and the current window ${current.length}; count both with the same plan`,
      details: { reference: reference.length, current: current.length },
    });
  }
  return {
    bins: reference.length,
    referenceTotal: totalOf(reference, 'reference'),
    currentTotal: totalOf(current, 'current'),
  };
}

function totalOf(counts: Histogram, side: 'reference' | 'current'): number {
  checkNumbers(side, counts, 'not negative');
  let total = 0;
  for (let bin = 0; bin < counts.length; bin += 1) total += counts[bin] as number;
  if (total === 0) throw emptySample(side);
  return total;
}

export const emptySample = (side: 'reference' | 'current') =>
  new PlatformError('drift.empty_sample', {
    message: `the ${side} sample has no observations; a comparison needs at least one on each side`,
    details: { side },
  });
