import { checkHistograms, type Histogram } from './histograms.ts';

/**
 * Σᵢ term(rᵢ, cᵢ) over the shares of two histograms.
 *
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(bins) time, O(1) extra memory.
 */
export function sumOverBins(
  reference: Histogram,
  current: Histogram,
  term: (referenceShare: number, currentShare: number) => number,
): number {
  const { bins, referenceTotal, currentTotal } = checkHistograms(reference, current);
  let sum = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    sum += term((reference[bin] as number) / referenceTotal, (current[bin] as number) / currentTotal);
  }
  return sum;
}
