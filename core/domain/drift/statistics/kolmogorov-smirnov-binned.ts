import { checkHistograms, type Histogram } from './histograms.ts';
import { kolmogorovSmirnovPValue } from './kolmogorov-smirnov-p-value.ts';
import { largestCumulativeChange } from './largest-cumulative-change.ts';
import type { PValueMethod, TestResult } from './test-result.ts';

/**
 * Kolmogorov-Smirnov test of two histograms over the same ascending bins.
 *
 * The distance is `largestCumulativeChange`, which never exceeds that of the samples, so that p is too large rather than too small.
 *
 * @param reference counts per bin, shape `[bins]`, integers ≥ 0
 * @param current counts per bin, same edges
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(bins); the exact p O(n·m).
 */
export function kolmogorovSmirnovBinned(
  reference: Histogram,
  current: Histogram,
  { method = 'auto' }: { readonly method?: PValueMethod } = {},
): TestResult {
  const { referenceTotal, currentTotal } = checkHistograms(reference, current);
  const sizes = { reference: referenceTotal, current: currentTotal };
  const statistic = largestCumulativeChange(reference, current);
  return { statistic, pValue: kolmogorovSmirnovPValue(statistic, { sizes, method }) };
}
