import { incompleteBeta } from './incomplete-beta.ts';

/**
 * Upper tail of Fisher's F.
 *
 *     P(F > f) = I_{ν₂/(ν₂+ν₁f)}(ν₂/2, ν₁/2)
 *
 * @param f ≥ 0, ∞ included
 * @param degreesOfFreedom ν₁ of the numerator and ν₂ of the denominator, both > 0
 * @returns in [0, 1]; 1 at 0, 0 at ∞; relative error below 1e-10
 *
 * Cost: O(√(ν₁ + ν₂)).
 * Source: Abramowitz & Stegun 26.6.2.
 */
export function fSurvival(
  f: number,
  { numerator, denominator }: { readonly numerator: number; readonly denominator: number },
): number {
  const scaled = numerator * f;
  if (scaled === Number.POSITIVE_INFINITY) return 0;
  const total = denominator + scaled;
  return incompleteBeta({ a: denominator / 2, b: numerator / 2 }, { x: denominator / total, y: scaled / total }).lower;
}
