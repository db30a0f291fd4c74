import { normalQuantile } from '../drift/distributions/normal-quantile.ts';
import { checkConfidence } from './check-confidence.ts';
import { type ConfidenceOptions, DEFAULT_CONFIDENCE, type Estimate } from './estimate.ts';

/**
 * A share with Wilson's score interval, which keeps its level for small samples and rare events where the mean ± z·se does not.
 *
 *     (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n),  p = successes/n
 *
 * @param successes 0 … n, may be a sum of weights
 * @param n > 0
 * @returns within [0, 1]; never of width 0. Undefined for n = 0: a share of nothing is not known
 * @throws `training.option_invalid` for a confidence that is none
 *
 * Assumes that rows are independent; rows that come in bursts by customer need `bootstrap` with clusters.
 * Source: Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212.
 */
export function wilsonInterval(
  successes: number,
  n: number,
  { confidence = DEFAULT_CONFIDENCE }: ConfidenceOptions = {},
): Estimate | undefined {
  checkConfidence(confidence);
  if (!(n > 0)) return undefined;
  const z = normalQuantile((1 + confidence) / 2);
  const value = successes / n;
  const shrink = 1 + (z * z) / n;
  const centre = (value + (z * z) / (2 * n)) / shrink;
  const half = (z / shrink) * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n));
  // Rounding may leave 1e-19 at the ends, where the interval closes exactly.
  return {
    value,
    lower: successes === 0 ? 0 : Math.max(0, centre - half),
    upper: successes === n ? 1 : Math.min(1, centre + half),
  };
}
