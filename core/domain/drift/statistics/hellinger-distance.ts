import type { Histogram } from './histograms.ts';
import { sumOverBins } from './sum-over-bins.ts';

/**
 * Hellinger distance between two histograms.
 *
 *     H = √(½ Σᵢ (√cᵢ − √rᵢ)²)
 *
 * The square roots stabilise the variance of counts, which is why windows are compared on it: noise adds about (k − 1)/8 · (1/n + 1/m) to H²
 * whatever the shares are.
 *
 * @param reference counts per bin, shape `[bins]`, numbers ≥ 0
 * @param current counts per bin, shape `[bins]`
 * @returns in [0, 1]; 0 for equal shares, 1 where no bin is shared
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(bins) time, O(1) extra memory.
 * Source: A. van der Vaart, Asymptotic Statistics (1998), section 14.5 (with the factor ½ taken in).
 */
export function hellingerDistance(reference: Histogram, current: Histogram): number {
  return Math.min(1, Math.sqrt(sumOverBins(reference, current, (r, c) => (Math.sqrt(c) - Math.sqrt(r)) ** 2) / 2));
}
