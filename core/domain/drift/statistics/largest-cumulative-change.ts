import { checkHistograms, type Histogram } from './histograms.ts';

/**
 * Largest difference of two distribution functions at the points between bins.
 *
 *     maxᵢ |Σ_{j≤i} cⱼ − Σ_{j≤i} rⱼ|
 *
 * The Kolmogorov-Smirnov distance of the binned samples: never above that of the samples themselves, and equal to it where no bin holds
 * two distinct values.
 *
 * @param reference counts per bin in ascending order, shape `[bins]`, numbers ≥ 0
 * @param current counts per bin, same edges
 * @returns in [0, 1]; 0 for equal shares or a single bin
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(bins) time, O(1) extra memory.
 */
export function largestCumulativeChange(reference: Histogram, current: Histogram): number {
  const { bins, referenceTotal, currentTotal } = checkHistograms(reference, current);
  let below = 0;
  let currentBelow = 0;
  let largest = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    below += reference[bin] as number;
    currentBelow += current[bin] as number;
    // One division: two shares that are equal must not differ by a rounding.
    const change = Math.abs(currentBelow * referenceTotal - below * currentTotal) / (currentTotal * referenceTotal);
    largest = Math.max(largest, change);
  }
  return largest;
}
