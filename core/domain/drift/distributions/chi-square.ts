import { bisect } from './bisect.ts';
import { incompleteGamma } from './incomplete-gamma.ts';

/**
 * Upper tail of the chi-square distribution.
 *
 *     P(X > x) = Q(ν/2, x/2)
 *
 * @param x in [0, ∞]
 * @param degreesOfFreedom ν ≥ 0; with 0 the distribution is the constant 0
 * @returns in [0, 1]; relative error below 1e-12
 *
 * Cost: O(√ν).
 * Source: Abramowitz & Stegun 26.4.19.
 */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === 0) return x > 0 ? 0 : 1;
  return incompleteGamma(degreesOfFreedom / 2, x / 2).upper;
}

/**
 * Critical value of the chi-square distribution: the x with P(X > x) = α.
 *
 * @param alpha in (0, 1)
 * @param degreesOfFreedom ν ≥ 0; with 0 the value is 0
 * @returns ≥ 0; relative error below 1e-11
 *
 * Cost: O(√ν) times the halvings, about a hundred.
 */
export function chiSquareCritical(alpha: number, degreesOfFreedom: number): number {
  const holds = (x: number): boolean => chiSquareSurvival(x, degreesOfFreedom) > alpha;
  let above = degreesOfFreedom + 1;
  while (holds(above)) above *= 2;
  return degreesOfFreedom === 0 ? 0 : bisect(holds, 0, above);
}
