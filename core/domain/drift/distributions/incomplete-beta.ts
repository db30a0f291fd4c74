import { binomialDensity } from './binomial-density.ts';
import type { Tails } from './tails.ts';
import type { UnitPoint } from './unit-point.ts';

const PRECISION = 1e-15;
/** Stands for 0 in a denominator of the continued fraction. */
const TINY = 1e-300;

/**
 * Both regularised incomplete beta functions.
 *
 *     lower = I_x(a, b) = 1/B(a, b) ∫₀ˣ tᵃ⁻¹ (1 − t)ᵇ⁻¹ dt        upper = I_y(b, a) = 1 − lower
 *
 * @param shape a > 0 and b > 0
 * @param at x and y = 1 − x, both in [0, 1]
 * @returns two numbers in [0, 1], each with a relative error below 1e-10 (a, b from 0.5 to 1e6, tails to 1e-300)
 *
 * Cost: O(√max(a, b)).
 * Source: NIST Digital Library of Mathematical Functions, 8.17.22, for the fraction; C. Loader (2000) for the density.
 */
export function incompleteBeta({ a, b }: { readonly a: number; readonly b: number }, { x, y }: UnitPoint): Tails {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (y <= 0) return { lower: 1, upper: 0 };
  const density = binomialDensity({ successes: a, failures: b }, { x, y }) / (a + b);
  if (x * (a + b + 2) < a + 1) {
    const lower = density * b * continuedFraction(a, b, x);
    return { lower, upper: 1 - lower };
  }
  const upper = density * a * continuedFraction(b, a, y);
  return { lower: 1 - upper, upper };
}

const notZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** 1/(1 + d₁/(1 + d₂/(1 + …))) by Lentz's method, two coefficients a turn. */
function continuedFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  const advance = (numerator: number): number => {
    d = 1 / notZero(1 + numerator * d);
    c = notZero(1 + numerator / c);
    value *= c * d;
    return Math.abs(c * d - 1);
  };
  for (let m = 1, change = 1; change > PRECISION; m += 1) {
    const k = a + 2 * m;
    advance((m * (b - m) * x) / ((k - 1) * k));
    change = advance((-(a + m) * (a + b + m) * x) / (k * (k + 1)));
  }
  return value;
}
