import { wilsonInterval } from '../drift/statistics/wilson-interval.ts';
import { checkConfidence } from './check-confidence.ts';
import { type ConfidenceOptions, DEFAULT_CONFIDENCE, type Estimate } from './estimate.ts';

/**
 * A share with Wilson's score interval, which keeps its level for small samples and rare events where the mean ± z·se does not.
 *
 * @param successes an integer, 0 … n
 * @param n an integer ≥ 0
 * @returns within [0, 1]; never of width 0. Undefined for n = 0: a share of nothing is not known
 * @throws `training.option_invalid` for a confidence that is none; `drift.option_invalid` for counts that are none
 *
 * Assumes that rows are independent; rows that come in bursts by customer need `bootstrap` with clusters.
 */
export function shareEstimate(
  successes: number,
  n: number,
  { confidence = DEFAULT_CONFIDENCE }: ConfidenceOptions = {},
): Estimate | undefined {
  checkConfidence(confidence);
  if (n === 0) return undefined;
  return { value: successes / n, ...wilsonInterval({ successes, trials: n }, { alpha: 1 - confidence }) };
}
