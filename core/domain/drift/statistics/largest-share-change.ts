import { checkHistograms, type Histogram } from './histograms.ts';

/**
 * L∞ distance between two histograms: the largest change of any share.
 *
 *     L∞ = maxᵢ |cᵢ − rᵢ|
 *
 * @param reference counts per bin, shape `[bins]`, numbers ≥ 0
 * @param current counts per bin, shape `[bins]`
 * @returns in [0, 1]; never above the total variation
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(bins) time, O(1) extra memory.
 */
export function largestShareChange(reference: Histogram, current: Histogram): number {
  const { bins, referenceTotal, currentTotal } = checkHistograms(reference, current);
  let largest = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const change = (current[bin] as number) / currentTotal - (reference[bin] as number) / referenceTotal;
    largest = Math.max(largest, Math.abs(change));
  }
  return largest;
}
