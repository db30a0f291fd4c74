import { normalTwoSided } from '../distributions/normal.ts';
import { checkProportion, type Proportion } from './proportion.ts';
import type { TestResult } from './test-result.ts';

/**
 * Test of two proportions by the normal approximation, two-sided.
 *
 *     z = (p_c − p_r) / √(p(1 − p)(1/n + 1/m)) with p the pooled proportion
 *
 * z² is the chi-square statistic of the 2 × 2 table. Poor below about five successes a side: use `fisherExact` there.
 *
 * @param reference successes and trials, trials ≥ 1
 * @param current successes and trials, trials ≥ 1
 * @returns z, positive where the current proportion is higher, and p; all or no successes on both sides give 0 and 1
 * @throws `drift.option_invalid`
 *
 * Cost: O(1).
 * Source: A. Agresti, Categorical Data Analysis (2002), section 3.2.
 */
export function twoProportionZ(reference: Proportion, current: Proportion): TestResult {
  checkProportion('reference', reference);
  checkProportion('current', current);
  const trials = reference.trials + current.trials;
  const pooled = (reference.successes + current.successes) / trials;
  const variance = (pooled * (1 - pooled) * trials) / (reference.trials * current.trials);
  if (variance === 0) return { statistic: 0, pValue: 1 };
  const difference = current.successes / current.trials - reference.successes / reference.trials;
  const statistic = difference / Math.sqrt(variance);
  return { statistic, pValue: normalTwoSided(statistic) };
}
