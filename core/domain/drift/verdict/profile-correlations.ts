import type { NumericCounts, Profile, ProfilePlan } from '../profile/profile.ts';
import type { BinRanks } from './numeric-shift.ts';

/** A correlated column: its place among the columns and the ranks that its cross moments are taken of. */
export interface CorrelatedColumn {
  readonly index: number;
  readonly scale: BinRanks;
}

export const correlatedColumns = (
  plan: ProfilePlan,
  scaleOf: (index: number) => BinRanks,
): readonly CorrelatedColumn[] =>
  plan.correlated.map((name) => {
    const index = plan.columns.findIndex((column) => column.name === name);
    return { index, scale: scaleOf(index) };
  });

/** A variance below this is that of a constant, and rounding. */
const CONSTANT = 1e-9;

/**
 * Rank correlations of a profile, from its cross moments.
 *
 *     ρ_ij = (S_ij / n_ij − ū_i ū_j) / √(v_i v_j),   v_i = S_ii / n_i − ū_i²,   n_ij = n_i n_j / n
 *
 * S are the profile's sums of u_i · u_j, ū the mean of u over the n_i rows with a value (from the bins). A row where either is missing
 * adds nothing to S_ij; how many such pairs there are is not counted, and taken as if values were missing independently.
 *
 * @returns pairs i < j, row by row of the upper triangle, each in [−1, 1]; 0 where a column is constant, NaN where one has no values
 *
 * Cost: O(columns²).
 */
export function profileCorrelations(columns: readonly CorrelatedColumn[], profile: Profile): readonly number[] {
  const size = columns.length;
  const counts = columns.map(({ index }) => profile.columns[index] as NumericCounts);
  const values = counts.map(({ bins }) => bins.reduce((sum, count) => sum + count, 0));
  const means = counts.map(({ bins }, i) => {
    const { midRanks } = (columns[i] as CorrelatedColumn).scale;
    const sum = bins.reduce((acc, count, bin) => acc + count * ((midRanks[bin] as number) - 0.5), 0);
    return values[i] === 0 ? 0 : sum / (values[i] as number);
  });
  const at = (i: number): number => (i * (2 * size - i + 1)) / 2;
  const variances = values.map((n, i) =>
    n === 0 ? 0 : (profile.crossMoments[at(i)] as number) / n - (means[i] as number) ** 2,
  );
  const correlations: number[] = [];
  for (let i = 0; i < size; i += 1) {
    for (let j = i + 1; j < size; j += 1) {
      const pairs = ((values[i] as number) * (values[j] as number)) / profile.rows;
      const scale = (variances[i] as number) * (variances[j] as number);
      if (pairs === 0) {
        correlations.push(Number.NaN);
        continue;
      }
      if (!((variances[i] as number) > CONSTANT && (variances[j] as number) > CONSTANT)) {
        correlations.push(0);
        continue;
      }
      const moment = (profile.crossMoments[at(i) + j - i] as number) / pairs;
      const covariance = moment - (means[i] as number) * (means[j] as number);
      correlations.push(Math.max(-1, Math.min(1, covariance / Math.sqrt(scale))));
    }
  }
  return correlations;
}
