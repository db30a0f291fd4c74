import { betaQuantile } from '../distributions/beta-quantile.ts';
import { checkAlpha } from './check-option.ts';
import type { Interval, IntervalOptions } from './interval.ts';
import { checkProportion, type Proportion } from './proportion.ts';

/**
 * Clopper and Pearson's interval of a proportion: never covers less than it says, so it is wider than Wilson's.
 *
 *     lower: the p with P(X ≥ k) = α/2        upper: the p with P(X ≤ k) = α/2
 *
 * @param proportion successes k of n trials, n ≥ 1
 * @returns within [0, 1], holding k/n; relative error below 1e-10
 * @throws `drift.option_invalid`
 *
 * Cost: two beta quantiles, about two hundred evaluations of O(√n).
 * Source: Clopper & Pearson, Biometrika 26 (1934) 404–413; SciPy's `binomtest(...).proportion_ci(method="exact")`.
 */
export function clopperPearsonInterval(proportion: Proportion, { alpha = 0.05 }: IntervalOptions = {}): Interval {
  checkProportion('proportion', proportion);
  checkAlpha(alpha);
  const { successes, trials } = proportion;
  const failures = trials - successes;
  return {
    lower: successes === 0 ? 0 : betaQuantile(alpha / 2, { a: successes, b: failures + 1 }),
    upper: failures === 0 ? 1 : betaQuantile(1 - alpha / 2, { a: successes + 1, b: failures }),
  };
}
