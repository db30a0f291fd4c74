import type { Histogram } from './histograms.ts';
import { sumOverBins } from './sum-over-bins.ts';

/**
 * Total variation distance between two histograms: the share of rows that would have to change their bin.
 *
 *     TV = ½ Σᵢ |cᵢ − rᵢ|
 *
 * @param reference counts per bin, shape `[bins]`, numbers ≥ 0
 * @param current counts per bin, shape `[bins]`
 * @returns in [0, 1]; 0 for equal shares, 1 where no bin is shared
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(bins) time, O(1) extra memory.
 * Source: Levin, Peres & Wilmer, Markov Chains and Mixing Times (2009), proposition 4.2.
 */
export function totalVariation(reference: Histogram, current: Histogram): number {
  return Math.min(1, sumOverBins(reference, current, (r, c) => Math.abs(c - r)) / 2);
}
