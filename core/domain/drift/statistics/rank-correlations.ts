import { PlatformError } from '../../errors.ts';
import { checkNumbers } from './check-numbers.ts';
import { checkCount } from './check-option.ts';

/** Sums over rows of centred ranks u, mergeable by addition; see `Profile.crossMoments`. */
export interface RankMoments {
  readonly rows: number;
  /** Σ uᵢ per column, shape `[columns]`. */
  readonly sums: readonly number[];
  /** Σ uᵢ·uⱼ for i ≤ j, the upper triangle row by row, shape `[columns · (columns + 1) / 2]`. */
  readonly crossMoments: readonly number[];
}

/**
 * Correlations of every pair of columns from sums of products of their ranks.
 *
 *     ρᵢⱼ = (Mᵢⱼ/n − ūᵢūⱼ) / √((Mᵢᵢ/n − ūᵢ²)(Mⱼⱼ/n − ūⱼ²))
 *
 * With u the rank in the baseline this is Spearman's correlation on the baseline itself, up to the binning; on a window it is the
 * correlation of the same increasing maps, so that only a change of dependence, not of unit, moves it far.
 *
 * @param moments of d columns over n ≥ 1 rows
 * @returns pairs i < j row by row, shape `[d · (d − 1) / 2]`, each in [−1, 1]; 0 where a column is constant
 * @throws `drift.option_invalid` for no rows, `drift.bins_mismatch` when the shapes do not fit, `drift.sample_invalid` for sums that are
 *   not finite
 *
 * Cost: O(d²).
 * Source: C. Spearman, Am. J. Psychology 15 (1904) 72–101.
 */
export function rankCorrelations(moments: RankMoments): Float64Array {
  checkMoments(moments);
  const columns = moments.sums.length;
  const correlations = new Float64Array((columns * (columns - 1)) / 2);
  const deviations = moments.sums.map((_, column) => Math.sqrt(Math.max(0, covariance(moments, column, column))));
  let pair = 0;
  for (let i = 0; i < columns; i += 1) {
    for (let j = i + 1; j < columns; j += 1, pair += 1) {
      const scale = (deviations[i] as number) * (deviations[j] as number);
      // A constant column has a variance of a rounding, not of 0.
      correlations[pair] = scale > 1e-12 ? clamp(covariance(moments, i, j) / scale) : 0;
    }
  }
  return correlations;
}

const clamp = (value: number): number => Math.min(1, Math.max(-1, value));

function covariance({ rows, sums, crossMoments }: RankMoments, i: number, j: number): number {
  const index = i * sums.length - (i * (i - 1)) / 2 + (j - i);
  return (crossMoments[index] as number) / rows - ((sums[i] as number) / rows) * ((sums[j] as number) / rows);
}

function checkMoments({ rows, sums, crossMoments }: RankMoments): void {
  checkCount('rows', rows, 1);
  checkNumbers('sums', sums, 'finite');
  checkNumbers('crossMoments', crossMoments, 'finite');
  const expected = (sums.length * (sums.length + 1)) / 2;
  if (crossMoments.length === expected) return;
  throw new PlatformError('drift.bins_mismatch', {
    message: `${sums.length} columns have ${expected} products, got ${crossMoments.length}; give those of i ≤ j, row by row`,
    details: { reference: expected, current: crossMoments.length },
  });
}
