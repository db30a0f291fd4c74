import { incompleteBeta } from './incomplete-beta.ts';

/**
 * Two-sided tail of Student's t.
 *
 *     P(|T| > |t|) = I_{ν/(ν+t²)}(ν/2, ½)
 *
 * @param t any number, ±∞ included
 * @param degreesOfFreedom ν > 0, not necessarily an integer
 * @returns in [0, 1]; 1 at t = 0, 0 at ±∞; relative error below 1e-10
 *
 * Cost: O(√ν).
 * Source: NIST Digital Library of Mathematical Functions, 8.17; Abramowitz & Stegun 26.7.1.
 */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  const total = degreesOfFreedom + square;
  return incompleteBeta({ a: degreesOfFreedom / 2, b: 0.5 }, { x: degreesOfFreedom / total, y: square / total }).lower;
}
