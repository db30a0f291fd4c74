import {
  type Binomial,
  binomialAtLeast,
  binomialAtMost,
  binomialProbability,
} from '../drift/distributions/binomial.ts';

/** Counts whose probabilities differ by rounding alone are equally likely. */
const ROUNDING = 1 + 1e-7;

/**
 * Exact two-sided test of a count: the probability of all counts that are not likelier than the one observed.
 *
 * @param observed 0 … trials
 * @returns in (0, 1]
 *
 * Cost: O(log trials) evaluations of the distribution.
 * Source: Clopper & Pearson's one-sided tails by the method of small p-values; SciPy's `binomtest`.
 */
export function binomialTest(observed: number, binomial: Binomial): number {
  const { trials, probability } = binomial;
  const mean = trials * probability;
  const limit = binomialProbability(observed, binomial) * ROUNDING;
  if (observed === mean) return 1;
  if (observed < mean) {
    // Beyond the mean probabilities fall: the first count that is not likelier begins the other tail.
    const from = firstThat((k) => binomialProbability(k, binomial) <= limit, Math.ceil(mean), trials + 1);
    return Math.min(1, binomialAtMost(observed, binomial) + binomialAtLeast(from, binomial));
  }
  const beyond = firstThat((k) => binomialProbability(k, binomial) > limit, 0, Math.floor(mean) + 1);
  return Math.min(1, binomialAtLeast(observed, binomial) + binomialAtMost(beyond - 1, binomial));
}

/** The least integer from `from` on that holds, or `to`; once it holds it goes on to. */
export function firstThat(holds: (value: number) => boolean, from: number, to: number): number {
  let [below, above] = [from - 1, to];
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}
