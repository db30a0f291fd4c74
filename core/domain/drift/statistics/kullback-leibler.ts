import type { Histogram } from './histograms.ts';
import { sumOverBins } from './sum-over-bins.ts';

/**
 * Kullback-Leibler divergence of the current shares from the reference's.
 *
 *     KL(c ‖ r) = Σᵢ cᵢ ln(cᵢ / rᵢ)
 *
 * Nothing is smoothed. Not symmetric: it asks how badly the reference explains the current window.
 *
 * @param reference counts per bin, shape `[bins]`, numbers ≥ 0
 * @param current counts per bin, shape `[bins]`
 * @returns nats, ≥ 0; 0 for equal shares; `Infinity` where the current side has a bin that the reference has not; a bin that is empty on
 *   the current side adds 0
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(bins) time, O(1) extra memory.
 * Source: Kullback & Leibler, Ann. Math. Stat. 22 (1951) 79–86.
 */
export function kullbackLeibler(reference: Histogram, current: Histogram): number {
  const sum = sumOverBins(reference, current, (r, c) => (c === 0 ? 0 : c * Math.log(c / r)));
  // Rounding can leave −1e-17 for shares that are all but equal.
  return Math.max(0, sum);
}
