import { chiSquareSurvival } from '../distributions/chi-square.ts';
import { deviance } from '../distributions/deviance.ts';
import type { ChiSquareResult } from './chi-square-test.ts';
import { checkHistograms, type Histogram } from './histograms.ts';

/**
 * Likelihood-ratio test of homogeneity of two samples of categories.
 *
 *     G = 2 Σᵢ (cᵢ ln(cᵢ / ĉᵢ) + rᵢ ln(rᵢ / r̂ᵢ))
 *
 * with the counts expected were both sides alike, ĉᵢ = n (cᵢ + rᵢ)/(n + m) and r̂ᵢ = m (cᵢ + rᵢ)/(n + m).
 *
 * @param reference counts per category, shape `[categories]`, over the union of both sides' categories
 * @param current counts per category, same order
 * @returns as `chiSquareTest`; an empty cell adds 0
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`
 *
 * Cost: O(categories).
 * Source: S. S. Wilks, Ann. Math. Stat. 9 (1938) 60–62; as SciPy's `chi2_contingency(lambda_="log-likelihood", correction=False)`.
 */
export function gTest(reference: Histogram, current: Histogram): ChiSquareResult {
  const { bins, referenceTotal, currentTotal } = checkHistograms(reference, current);
  const total = referenceTotal + currentTotal;
  let sum = 0;
  let categories = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const r = reference[bin] as number;
    const c = current[bin] as number;
    if (r + c === 0) continue;
    categories += 1;
    const pooled = (r + c) / total;
    // What deviances add to the logarithms is 0 over both sides, and without it the digits of a small G would cancel.
    sum += excess(r, referenceTotal * pooled) + excess(c, currentTotal * pooled);
  }
  const degreesOfFreedom = categories - 1;
  if (degreesOfFreedom === 0) return { statistic: 0, degreesOfFreedom, pValue: 1 };
  const statistic = Math.max(0, 2 * sum);
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) };
}

const excess = (count: number, expected: number): number => (count === 0 ? expected : deviance(count, expected));
