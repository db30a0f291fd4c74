import { deviance } from './deviance.ts';
import { stirlingError } from './stirling-error.ts';
import type { UnitPoint } from './unit-point.ts';

/**
 * The binomial probability, continued to counts that are no integers.
 *
 *     Γ(s + f + 1) / (Γ(s + 1) Γ(f + 1)) · xˢ yᶠ
 *
 * @param counts successes and failures, ≥ 0
 * @param at probability x of a success and y = 1 − x of a failure, both in [0, 1]
 * @returns in [0, 1]; relative error below 1e-12 up to counts of 1e6
 *
 * Cost: O(1).
 * Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
 */
export function binomialDensity(
  { successes, failures }: { readonly successes: number; readonly failures: number },
  { x, y }: UnitPoint,
): number {
  if (x === 0) return successes === 0 ? 1 : 0;
  if (y === 0) return failures === 0 ? 1 : 0;
  // The smaller of the two has the digits.
  if (successes === 0) return Math.exp(failures * (x < y ? Math.log1p(-x) : Math.log(y)));
  if (failures === 0) return Math.exp(successes * (y < x ? Math.log1p(-y) : Math.log(x)));
  const n = successes + failures;
  const exponent =
    stirlingError(n) -
    stirlingError(successes) -
    stirlingError(failures) -
    deviance(successes, n * x) -
    deviance(failures, n * y);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * successes * failures));
}
