import { studentTwoSided } from '../distributions/student-t.ts';
import type { Moments } from './moments.ts';
import { checkSizes } from './pool-samples.ts';
import type { TestResult } from './test-result.ts';

export interface WelchResult extends TestResult {
  /** By Satterthwaite's formula, not necessarily an integer; NaN where both sides are constant. */
  readonly degreesOfFreedom: number;
}

/**
 * Welch's test of equal means, two-sided, without assuming equal variances.
 *
 *     t = (x̄_c − x̄_r) / √(s_c²/n + s_r²/m)
 *     ν = (s_c²/n + s_r²/m)² / ((s_c²/n)²/(n − 1) + (s_r²/m)²/(m − 1))
 *
 * with s² the variances with ddof 1. Works from sums, so from counts that were merged.
 *
 * @param reference moments of at least two values
 * @param current moments of at least two values
 * @returns t, positive where the current mean is higher, ν and p; two constants give t = 0 and p = 1 where equal, ±∞ and 0 where not
 * @throws `drift.sample_too_small`
 *
 * Cost: O(√ν).
 * Source: B. L. Welch, Biometrika 34 (1947) 28–35; SciPy's `ttest_ind(equal_var=False)`.
 */
export function welchTest(reference: Moments, current: Moments): WelchResult {
  checkSizes({ reference: reference.count, current: current.count }, 2);
  const r = reference.variance / (reference.count - 1);
  const c = current.variance / (current.count - 1);
  const difference = current.mean - reference.mean;
  const degreesOfFreedom = (r + c) ** 2 / (r ** 2 / (reference.count - 1) + c ** 2 / (current.count - 1));
  // 0/0: no difference and no variance.
  const statistic = difference === 0 ? 0 : difference / Math.sqrt(r + c);
  const pValue = statistic === 0 ? 1 : studentTwoSided(statistic, degreesOfFreedom);
  return { statistic, degreesOfFreedom, pValue };
}
