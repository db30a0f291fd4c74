import { mismatch } from './mismatch.ts';
import type { NumericCounts, Profile, ProfilePlan } from './profile.ts';

/** Ranks by code of a value: its bin, or one more where it is missing or infinite. */
export type RankScale = Float64Array;

/**
 * Where each bin of the correlated columns lies in the reference: its mid-rank less ½.
 *
 *     u(b) = (Σ_{a<b} n_a + n_b / 2) / n − ½
 *
 * @returns one scale for each correlated column, in [−½, ½]; 0 for what is missing, and everywhere for a column without values
 */
export function rankScales(plan: ProfilePlan, reference: Profile): RankScale[] {
  return correlatedPlaces(plan).map((place) => {
    const { bins } = reference.columns[place] as NumericCounts;
    const values = bins.reduce((sum, count) => sum + count, 0);
    const scale = new Float64Array(bins.length + 1);
    let below = 0;
    for (const [bin, count] of bins.entries()) {
      scale[bin] = values === 0 ? 0 : (below + count / 2) / values - 0.5;
      below += count;
    }
    return scale;
  });
}

/** Where the correlated columns stand among all. @throws `profile.mismatch` for one that is not there or no number */
export function correlatedPlaces({ columns, correlated }: ProfilePlan): number[] {
  return correlated.map((name) => {
    const place = columns.findIndex((column) => column.name === name);
    if (columns[place]?.kind === 'numeric') return place;
    throw mismatch(`the correlated column ${JSON.stringify(name)}`, {
      expected: 'a numeric column of the plan',
      got: columns[place]?.kind ?? 'none',
    });
  });
}
