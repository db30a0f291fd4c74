import { normalQuantile } from '../distributions/normal-quantile.ts';
import { checkAlpha } from './check-option.ts';
import type { Interval, IntervalOptions } from './interval.ts';
import { checkProportion, type Proportion } from './proportion.ts';

/**
 * Wilson's score interval of a proportion.
 *
 *     (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)
 *
 * Right on average from a few rows on, at any share; 0 of n and n of n end at 0 and 1.
 *
 * @param proportion successes of n trials, n ≥ 1
 * @returns within [0, 1], holding p̂
 * @throws `drift.option_invalid`
 *
 * Cost: O(1).
 * Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212; SciPy's `binomtest(...).proportion_ci(method="wilson")`.
 */
export function wilsonInterval(proportion: Proportion, { alpha = 0.05 }: IntervalOptions = {}): Interval {
  checkProportion('proportion', proportion);
  checkAlpha(alpha);
  const { successes, trials } = proportion;
  const square = normalQuantile(alpha / 2) ** 2;
  const centre = (successes + square / 2) / (trials + square);
  const half = Math.sqrt(square * ((successes * (trials - successes)) / trials + square / 4)) / (trials + square);
  return {
    lower: successes === 0 ? 0 : centre - half,
    upper: successes === trials ? 1 : centre + half,
  };
}
