import { chiSquareSurvival } from '../distributions/chi-square.ts';
import { checkHistograms, type Histogram } from './histograms.ts';

export interface ChiSquareResult {
  /** ≥ 0 */
  readonly statistic: number;
  /** Categories that either side has, less one. */
  readonly degreesOfFreedom: number;
  /** In [0, 1]. */
  readonly pValue: number;
}

/**
 * Chi-square test of homogeneity of two samples of categories.
 *
 *     χ² = Σᵢ (c̃ᵢ − r̃ᵢ)² / (cᵢ + rᵢ) with c̃ᵢ = cᵢ √(m/n), r̃ᵢ = rᵢ √(n/m)
 *
 * for counts c of n current rows and r of m reference rows: the Pearson statistic of the 2 × k table, without continuity correction. Both
 * sides are samples; taking the reference for exact, as a goodness-of-fit test does, makes a nominal 5 % test fire far too often.
 *
 * @param reference counts per category, shape `[categories]`, over the union of both sides' categories (`alignCategories`)
 * @param current counts per category, same order
 * @returns statistic, degrees of freedom and p; a category that both sides lack counts for nothing; one category gives 0, 0 and 1. The p is
 *   asymptotic: poor where expected counts are below about 5
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(categories).
 * Source: K. Pearson, Biometrika 8 (1911) 250–254; as SciPy's `chi2_contingency(correction=False)`.
 */
export function chiSquareTest(reference: Histogram, current: Histogram): ChiSquareResult {
  const { bins, referenceTotal, currentTotal } = checkHistograms(reference, current);
  const weight = Math.sqrt(referenceTotal / currentTotal);
  let statistic = 0;
  let categories = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const r = reference[bin] as number;
    const c = current[bin] as number;
    if (r + c === 0) continue;
    categories += 1;
    statistic += (c * weight - r / weight) ** 2 / (r + c);
  }
  const degreesOfFreedom = categories - 1;
  // One category is rounding away from 0.
  if (degreesOfFreedom === 0) return { statistic: 0, degreesOfFreedom, pValue: 1 };
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) };
}
