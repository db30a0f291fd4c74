import type { NumericCounts } from '../profile/profile.ts';

/** Where the bins of a numeric column lie in the distribution that is compared with. */
export interface BinRanks {
  /** Finite values counted. */
  readonly values: number;
  /** By bin: share of values below its upper edge. */
  readonly cumulative: readonly number[];
  /** By bin: mid-rank of its values, 0 to 1. */
  readonly midRanks: readonly number[];
  /** Mean over values of |2 · midRank − 1|: ½ where bins are fine, less where many values are equal. */
  readonly spread: number;
}

export function binRanks({ bins }: NumericCounts): BinRanks {
  const values = total(bins);
  const cumulative: number[] = [];
  const midRanks: number[] = [];
  let below = 0;
  let spread = 0;
  for (const count of bins) {
    const midRank = values === 0 ? 0.5 : (below + count / 2) / values;
    below += count;
    midRanks.push(midRank);
    cumulative.push(values === 0 ? 0 : below / values);
    spread += values === 0 ? 0 : (count / values) * Math.abs(2 * midRank - 1);
  }
  return { values, cumulative, midRanks, spread };
}

export interface NumericShift {
  /** Kolmogorov-Smirnov distance at the edges, 0 to 1. */
  readonly ks: number;
  /** Mean mid-rank less ½, −½ to ½: the probability that a value exceeds a reference value, less that of the contrary, halved. */
  readonly location: number;
  /** Change of the mean of |2 · midRank − 1|: above 0 where values lie further out. */
  readonly spread: number;
}

export const NO_SHIFT: NumericShift = { ks: 0, location: 0, spread: 0 };

/**
 * How a numeric column lies against a scale of ranks, from bins alone.
 *
 *     ks = max_e |F(e) − G(e)|     location = Σ_b c_b · u_b − ½     spread = Σ_b c_b · |2u_b − 1| − Σ_b r_b · |2u_b − 1|
 *
 * over edges e and bins b; c and r are shares of the window and the reference, u mid-ranks of the reference. All are invariant to
 * monotone changes of the column; the KS distance of bins is at most that of values, and less by one bin's share at most.
 * Missing and infinite values take no part.
 *
 * @returns zeros where either side has no finite value: the column's missing rate tells then
 *
 * Cost: O(bins).
 */
export function numericShift(scale: BinRanks, { bins }: NumericCounts): NumericShift {
  const values = total(bins);
  if (values === 0 || scale.values === 0) return NO_SHIFT;
  let below = 0;
  let ks = 0;
  let location = -0.5;
  let spread = -scale.spread;
  for (let bin = 0; bin < bins.length; bin += 1) {
    const share = (bins[bin] as number) / values;
    const midRank = scale.midRanks[bin] as number;
    below += share;
    ks = Math.max(ks, Math.abs(below - (scale.cumulative[bin] as number)));
    location += share * midRank;
    spread += share * Math.abs(2 * midRank - 1);
  }
  return { ks, location, spread };
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
