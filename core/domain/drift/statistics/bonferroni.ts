import { checkNumbers } from './check-numbers.ts';

/**
 * Bonferroni's correction: p · k, at most 1. Holds the chance of any false alarm at α, however the tests depend on one another.
 *
 * @param pValues of k tests, each in [0, 1]
 * @returns adjusted p per test, in the order given: alarm where ≤ α
 * @throws `drift.sample_invalid`
 *
 * Cost: O(k).
 * Source: O. J. Dunn, J. Am. Stat. Assoc. 56 (1961) 52–64.
 */
export function bonferroni(pValues: ArrayLike<number>): Float64Array {
  checkNumbers('pValues', pValues, 'share');
  return Float64Array.from(pValues, (p) => Math.min(1, p * pValues.length));
}
