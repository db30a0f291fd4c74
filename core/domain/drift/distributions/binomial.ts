import { binomialDensity } from './binomial-density.ts';
import { incompleteBeta } from './incomplete-beta.ts';

/** n trials, each of which succeeds with the same probability. */
export interface Binomial {
  readonly trials: number;
  readonly probability: number;
}

/**
 * P(X = k) of the binomial distribution.
 *
 * @param k an integer in [0, trials]
 * @returns in [0, 1]; relative error below 1e-12
 *
 * Cost: O(1).
 * Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
 */
export const binomialProbability = (k: number, { trials, probability }: Binomial): number =>
  binomialDensity({ successes: k, failures: trials - k }, { x: probability, y: 1 - probability });

/**
 * P(X ≥ k) of the binomial distribution, the p-value of "k is too many".
 *
 *     P(X ≥ k) = I_p(k, n − k + 1)
 *
 * @param k an integer; ≤ 0 gives 1, above `trials` gives 0
 * @returns in [0, 1]; relative error below 1e-10
 *
 * Cost: O(√n).
 * Source: NIST Digital Library of Mathematical Functions, 8.17.5.
 */
export function binomialAtLeast(k: number, { trials, probability }: Binomial): number {
  if (k <= 0) return 1;
  if (k > trials) return 0;
  return incompleteBeta({ a: k, b: trials - k + 1 }, { x: probability, y: 1 - probability }).lower;
}

/** P(X ≤ k) of the binomial distribution, the p-value of "k is too few". Range and cost as `binomialAtLeast`. */
export const binomialAtMost = (k: number, { trials, probability }: Binomial): number =>
  k >= trials
    ? 1
    : k < 0
      ? 0
      : incompleteBeta({ a: k + 1, b: trials - k }, { x: probability, y: 1 - probability }).upper;
