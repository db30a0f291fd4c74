import { ascendingTests } from './ascending-tests.ts';

/**
 * Holm's step-down correction: as safe as Bonferroni's, never above it.
 *
 *     p̃₍ᵢ₎ = max_{j≤i} min(1, (k − j + 1) p₍ⱼ₎)
 *
 * @param pValues of k tests, each in [0, 1]
 * @returns adjusted p per test, in the order given
 * @throws `drift.sample_invalid`
 *
 * Cost: O(k log k).
 * Source: S. Holm, Scand. J. Stat. 6 (1979) 65–70.
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const order = ascendingTests(pValues);
  const adjusted = new Float64Array(pValues.length);
  let largest = 0;
  order.forEach((test, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * (pValues[test] as number)));
    adjusted[test] = largest;
  });
  return adjusted;
}
