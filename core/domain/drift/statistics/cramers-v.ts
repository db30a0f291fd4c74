import { chiSquareTest } from './chi-square-test.ts';
import { checkHistograms, type Histogram } from './histograms.ts';

/**
 * Cramér's V between "which side" and "which category": the chi-square statistic without the sample size.
 *
 *     V = √(χ² / (n + m))
 *
 * for a 2 × k table, whose smaller side less one is 1. It depends on n/m: at a given change it is largest for equal sides.
 *
 * @param reference counts per category, shape `[categories]`
 * @param current counts per category, same order
 * @returns in [0, 1]; 0 for equal shares or a single category, 1 where no category is shared
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(categories).
 * Source: H. Cramér, Mathematical Methods of Statistics (1946), section 21.9; as SciPy's `contingency.association(method="cramer")`.
 */
export function cramersV(reference: Histogram, current: Histogram): number {
  const { referenceTotal, currentTotal } = checkHistograms(reference, current);
  return Math.min(1, Math.sqrt(chiSquareTest(reference, current).statistic / (referenceTotal + currentTotal)));
}
