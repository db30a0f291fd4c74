import type { Interval, IntervalOptions } from './interval.ts';
import type { Proportion } from './proportion.ts';
import { wilsonInterval } from './wilson-interval.ts';

/**
 * Newcombe's interval of the difference of two independent proportions, from the Wilson intervals of both.
 *
 *     lower = d − √((p_c − l_c)² + (u_r − p_r)²)        upper = d + √((u_c − p_c)² + (p_r − l_r)²)
 *
 * @param reference successes and trials, trials ≥ 1
 * @param current successes and trials, trials ≥ 1
 * @returns of d = p_c − p_r, within [−1, 1] and holding d
 * @throws `drift.option_invalid`
 *
 * Cost: O(1).
 * Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10.
 */
export function newcombeInterval(
  reference: Proportion,
  current: Proportion,
  { alpha = 0.05 }: IntervalOptions = {},
): Interval {
  const r = { ...wilsonInterval(reference, { alpha }), share: reference.successes / reference.trials };
  const c = { ...wilsonInterval(current, { alpha }), share: current.successes / current.trials };
  const difference = c.share - r.share;
  return {
    lower: difference - Math.hypot(c.share - c.lower, r.upper - r.share),
    upper: difference + Math.hypot(c.upper - c.share, r.share - r.lower),
  };
}
