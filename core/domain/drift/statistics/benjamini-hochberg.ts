import { ascendingTests } from './ascending-tests.ts';

/**
 * Benjamini and Hochberg's correction: holds the expected share of false alarms among the alarms at α, for independent (or positively
 * dependent) tests.
 *
 *     p̃₍ᵢ₎ = min_{j≥i} min(1, k p₍ⱼ₎ / j)
 *
 * @param pValues of k tests, each in [0, 1]
 * @returns adjusted p per test, in the order given; never above Holm's
 * @throws `drift.sample_invalid`
 *
 * Cost: O(k log k).
 * Source: Benjamini & Hochberg, J. R. Stat. Soc. B 57 (1995) 289–300.
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const order = ascendingTests(pValues);
  const adjusted = new Float64Array(pValues.length);
  let smallest = 1;
  for (let rank = order.length; rank > 0; rank -= 1) {
    const test = order[rank - 1] as number;
    smallest = Math.min(smallest, ((pValues[test] as number) * order.length) / rank);
    adjusted[test] = smallest;
  }
  return adjusted;
}
