import { bisect } from './bisect.ts';
import { incompleteBeta } from './incomplete-beta.ts';

/**
 * Quantile of the beta distribution: the x with I_x(a, b) = p.
 *
 * @param p in (0, 1)
 * @param shape a > 0 and b > 0
 * @returns in (0, 1); relative error below 1e-10
 *
 * Cost: O(√max(a, b)) times the halvings, about a hundred.
 */
export function betaQuantile(p: number, shape: { readonly a: number; readonly b: number }): number {
  // Whichever tail is given small is compared, so that neither end loses digits.
  const holds = (x: number): boolean => {
    const { lower, upper } = incompleteBeta(shape, { x, y: 1 - x });
    return p < 0.5 ? lower < p : upper > 1 - p;
  };
  return bisect(holds, 0, 1);
}
