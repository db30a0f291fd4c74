import { checkNumbers } from './check-numbers.ts';
import { checkOption } from './check-option.ts';

export interface CusumOptions {
  /** Mean while nothing has changed. */
  readonly target: number;
  /** k ≥ 0, in the unit of the values: half the change that is to be found. */
  readonly slack: number;
  /** h > 0, in the unit of the values: a sum above it is an alarm. */
  readonly threshold: number;
}

export interface CusumResult {
  /** Evidence of a rise after each value, ≥ 0, shape `[values]`. */
  readonly upper: Float64Array;
  /** Evidence of a fall after each value, ≥ 0, shape `[values]`. */
  readonly lower: Float64Array;
  /** Index of the first value at which either exceeds the threshold; null if none does. */
  readonly alarmAt: number | null;
}

/**
 * Two-sided cumulative sum chart: small lasting changes of a mean, which no single value shows.
 *
 *     S⁺ₜ = max(0, S⁺ₜ₋₁ + xₜ − target − k)        S⁻ₜ = max(0, S⁻ₜ₋₁ + target − xₜ − k)
 *
 * Both start at 0 and go on after an alarm.
 *
 * @param values in time order, finite
 * @throws `drift.sample_invalid`, `drift.option_invalid`
 *
 * Cost: O(values).
 * Source: E. S. Page, Biometrika 41 (1954) 100–115.
 */
export function cusum(values: ArrayLike<number>, { target, slack, threshold }: CusumOptions): CusumResult {
  checkNumbers('values', values, 'finite');
  checkOption('target', target, { holds: Number.isFinite(target), allowed: 'a finite number' });
  checkOption('slack', slack, { holds: slack >= 0, allowed: 'a number ≥ 0' });
  checkOption('threshold', threshold, { holds: threshold > 0, allowed: 'a number > 0' });
  const upper = new Float64Array(values.length);
  const lower = new Float64Array(values.length);
  for (let t = 0; t < values.length; t += 1) {
    const deviation = (values[t] as number) - target;
    upper[t] = Math.max(0, (upper[t - 1] ?? 0) + deviation - slack);
    lower[t] = Math.max(0, (lower[t - 1] ?? 0) - deviation - slack);
  }
  const alarmAt = upper.findIndex((sum, t) => sum > threshold || (lower[t] as number) > threshold);
  return { upper, lower, alarmAt: alarmAt < 0 ? null : alarmAt };
}
