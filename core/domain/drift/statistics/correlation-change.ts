import { PlatformError } from '../../errors.ts';
import { type RankMoments, rankCorrelations } from './rank-correlations.ts';

export interface CorrelationChange {
  /** max |ρ_current − ρ_reference|, in [0, 2]; 0 for fewer than two columns. */
  readonly largest: number;
  /** Indices i < j of the columns that changed most; null for fewer than two columns. */
  readonly pair: readonly [number, number] | null;
  /** Both correlations of that pair; 0 for fewer than two columns. */
  readonly reference: number;
  readonly current: number;
}

/**
 * The largest change of a rank correlation among all pairs of columns.
 *
 *     max_{i<j} |ρᵢⱼ(current) − ρᵢⱼ(reference)|
 *
 * Sees what no column alone shows: dependence that goes while every marginal is kept. Noise is about √(2 ln d²) · √(1/n + 1/m) over d²/2
 * uncorrelated pairs.
 *
 * @param reference rank moments of the baseline
 * @param current rank moments of the window, same columns
 * @throws `drift.bins_mismatch` when the numbers of columns differ, and as `rankCorrelations`
 *
 * Cost: O(d²).
 */
export function correlationChange(reference: RankMoments, current: RankMoments): CorrelationChange {
  const columns = reference.sums.length;
  if (columns !== current.sums.length) {
    throw new PlatformError('drift.bins_mismatch', {
      message: `the reference correlates ${columns} columns and the current window ${current.sums.length}; count both with the same plan`,
      details: { reference: columns, current: current.sums.length },
    });
  }
  const before = rankCorrelations(reference);
  const after = rankCorrelations(current);
  let change: CorrelationChange = {
    largest: 0,
    pair: columns < 2 ? null : [0, 1],
    reference: before[0] ?? 0,
    current: after[0] ?? 0,
  };
  for (let i = 0, index = 0; i < columns; i += 1) {
    for (let j = i + 1; j < columns; j += 1, index += 1) {
      const [was, is] = [before[index] as number, after[index] as number];
      const largest = Math.abs(is - was);
      if (largest > change.largest) change = { largest, pair: [i, j], reference: was, current: is };
    }
  }
  return change;
}
