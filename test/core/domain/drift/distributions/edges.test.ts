import { describe, expect, it } from 'vitest';
import { betaQuantile } from '../../../../../core/domain/drift/distributions/beta-quantile.ts';
import {
  binomialAtLeast,
  binomialAtMost,
  binomialProbability,
} from '../../../../../core/domain/drift/distributions/binomial.ts';
import { binomialDensity } from '../../../../../core/domain/drift/distributions/binomial-density.ts';
import { bisect } from '../../../../../core/domain/drift/distributions/bisect.ts';
import { chiSquareCritical, chiSquareSurvival } from '../../../../../core/domain/drift/distributions/chi-square.ts';
import { cramerVonMisesSurvival } from '../../../../../core/domain/drift/distributions/cramer-von-mises-limit.ts';
import { deviance } from '../../../../../core/domain/drift/distributions/deviance.ts';
import { fSurvival } from '../../../../../core/domain/drift/distributions/f-distribution.ts';
import { hypergeometricProbability } from '../../../../../core/domain/drift/distributions/hypergeometric.ts';
import { incompleteBeta } from '../../../../../core/domain/drift/distributions/incomplete-beta.ts';
import { incompleteGamma } from '../../../../../core/domain/drift/distributions/incomplete-gamma.ts';
import { kolmogorovSurvival } from '../../../../../core/domain/drift/distributions/kolmogorov.ts';
import { logGamma } from '../../../../../core/domain/drift/distributions/log-gamma.ts';
import { normalCdf } from '../../../../../core/domain/drift/distributions/normal.ts';
import { normalQuantile } from '../../../../../core/domain/drift/distributions/normal-quantile.ts';
import { studentTwoSided } from '../../../../../core/domain/drift/distributions/student-t.ts';

const INFINITE = Number.POSITIVE_INFINITY;

describe('at the ends of their support', () => {
  it.each([
    [0, 1, 0, 3, 1],
    [0, 1, 2, 3, 0],
    [1, 0, 3, 0, 1],
    [1, 0, 3, 2, 0],
  ])(
    'with x = %d and y = %d the density of %d successes and %d failures is %d',
    (x, y, successes, failures, density) => {
      expect(binomialDensity({ successes, failures }, { x, y })).toBe(density);
    },
  );

  it.each([
    // x and y stand for themselves: 1 − 1e-20 is 1 as a double, and yet five of them in a row are not certain to the last.
    [5, 0, 1, 1e-20, 1],
    [0, 5, 1e-20, 1, 1],
    [4e19, 0, 1, 1e-20, Math.exp(-0.4)],
    [0, 4e19, 1e-20, 1, Math.exp(-0.4)],
  ])(
    'of %d successes and %d failures the density keeps the digits of the smaller probability',
    (successes, failures, x, y, density) => {
      expect(binomialDensity({ successes, failures }, { x, y })).toBeCloseTo(density, 14);
    },
  );

  it.each([
    [-1, 1, 0],
    [0, 1, 0.8 ** 10],
    [1, 1 - 0.8 ** 10, 0.8 ** 10 + 10 * 0.2 * 0.8 ** 9],
    [10, 0.2 ** 10, 1],
    [11, 0, 1],
  ])('of 10 trials at least %d successes come with %d, at most as many with %d', (k, atLeast, atMost) => {
    const of = { trials: 10, probability: 0.2 };
    expect(binomialAtLeast(k, of)).toBeCloseTo(atLeast, 14);
    expect(binomialAtMost(k, of)).toBeCloseTo(atMost, 14);
  });

  it('has tails of the binomial that overlap in the one probability', () => {
    const of = { trials: 10, probability: 0.3 };
    for (let k = 0; k <= 10; k += 1)
      expect(binomialAtLeast(k, of) + binomialAtMost(k, of) - 1).toBeCloseTo(binomialProbability(k, of), 13);
  });

  it.each([0, -3])('has all mass above %d', (x) => {
    expect(incompleteGamma(2, x)).toEqual({ lower: 0, upper: 1 });
    expect(kolmogorovSurvival(x)).toBe(1);
    expect(cramerVonMisesSurvival(x)).toBe(1);
  });

  it('has no mass beyond infinity', () => {
    expect(incompleteGamma(2, INFINITE)).toEqual({ lower: 1, upper: 0 });
    expect(chiSquareSurvival(INFINITE, 3)).toBe(0);
    expect(studentTwoSided(INFINITE, 3)).toBe(0);
    expect(studentTwoSided(-INFINITE, 3)).toBe(0);
    expect(fSurvival(INFINITE, { numerator: 2, denominator: 3 })).toBe(0);
    expect(fSurvival(0, { numerator: 2, denominator: 3 })).toBe(1);
  });

  it('has all of the beta distribution between 0 and 1', () => {
    const shape = { a: 2, b: 3 };
    expect(incompleteBeta(shape, { x: 0, y: 1 })).toEqual({ lower: 0, upper: 1 });
    expect(incompleteBeta(shape, { x: 1, y: 0 })).toEqual({ lower: 1, upper: 0 });
  });

  it('is the constant 0 with no degree of freedom', () => {
    expect(chiSquareSurvival(0, 0)).toBe(1);
    expect(chiSquareSurvival(1e-300, 0)).toBe(0);
    expect(chiSquareCritical(0.05, 0)).toBe(0);
  });

  it('draws nothing from an empty urn, and no more of a colour than there is', () => {
    expect(hypergeometricProbability(0, { white: 0, black: 0, drawn: 0 })).toBe(1);
    expect(hypergeometricProbability(1, { white: 0, black: 0, drawn: 0 })).toBe(0);
    // Six of three white and five black: one to three are white.
    const of = { white: 3, black: 5, drawn: 6 };
    expect([0, 1, 2, 3, 4].map((k) => hypergeometricProbability(k, of) > 0)).toEqual([false, true, true, true, false]);
    expect([1, 2, 3].reduce((sum, k) => sum + hypergeometricProbability(k, of), 0)).toBeCloseTo(1, 14);
    // Two: none to two are, though there are three.
    const few = { white: 3, black: 5, drawn: 2 };
    expect([-1, 0, 2, 3].map((k) => hypergeometricProbability(k, few) > 0)).toEqual([false, true, true, false]);
  });

  it('has quantiles at 0 and 1, and none outside', () => {
    expect(normalQuantile(0)).toBe(-INFINITE);
    expect(normalQuantile(1)).toBe(INFINITE);
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalQuantile(1.1)).toBeNaN();
    expect(normalQuantile(0.5)).toBe(0);
  });

  it('has the logarithm of Γ at 0, and not below', () => {
    expect(logGamma(0)).toBe(INFINITE);
    expect(logGamma(-0.5)).toBeNaN();
    expect([1, 2].map((x) => Math.abs(logGamma(x)))).toEqual([0, 0]);
  });

  it('has no deviance where a count is as expected, and the same series on both sides of it', () => {
    expect(deviance(7, 7)).toBe(0);
    // x ln(x/μ) + μ − x = μ ((1 + t) ln(1 + t) − t) with x = μ (1 + t), and t²/2 − t³/6 + t⁴/12 − … for small t
    for (const t of [1e-5, -1e-5]) {
      const series = t ** 2 / 2 - t ** 3 / 6 + t ** 4 / 12;
      expect(deviance(2 ** 20 * (1 + t), 2 ** 20) / (2 ** 20 * series)).toBeCloseTo(1, 9);
    }
  });
});

describe('halving', () => {
  it('finds the last double at which a condition holds', () => {
    expect(bisect((x) => x * x <= 3, 0, 2)).toBe(1.7320508075688772);
    expect(bisect((x) => x < 1, 0, 4)).toBe(1 - Number.EPSILON / 2);
    expect(bisect((x) => x < 1e-300, 0, 1)).toBeLessThan(1e-300);
  });

  it('stays at the start where it never holds, and beside the end where it always does', () => {
    expect(bisect(() => false, 3, 4)).toBe(3);
    expect(bisect(() => true, 3, 4)).toBe(4 - 2 * Number.EPSILON);
    expect(bisect(() => true, -2, -1)).toBeLessThan(-1);
  });

  it('ends between neighbours at once', () => {
    const seen: number[] = [];
    expect(bisect((x) => seen.push(x) > 0, 1, 1 + Number.EPSILON)).toBe(1);
    expect(seen).toEqual([]);
  });
});

describe('what is no number', () => {
  it('has no tail, and is not summed for ever', () => {
    const none = Number.NaN;
    expect(deviance(none, 1)).toBeNaN();
    expect(deviance(1, none)).toBeNaN();
    expect(normalCdf(none)).toBeNaN();
    expect(chiSquareSurvival(none, 3)).toBeNaN();
    expect(studentTwoSided(none, 3)).toBeNaN();
    expect(fSurvival(none, { numerator: 1, denominator: 2 })).toBeNaN();
    expect(cramerVonMisesSurvival(none)).toBeNaN();
    expect(kolmogorovSurvival(none)).toBeNaN();
  });

  it('is not searched for ever', () => {
    expect(bisect(() => true, 0, Number.NaN)).toBe(0);
    expect(bisect(() => false, 0, Number.NaN)).toBe(0);
  });
});

describe('beyond the last digit', () => {
  it('has a polynomial whose every coefficient counts, the constant one with its sign', () => {
    // Φ⁻¹ near the middle is √(2π) (p − ½), from the constants alone.
    expect(normalQuantile(0.5 + 1e-9) / 1e-9).toBeCloseTo(Math.sqrt(2 * Math.PI), 6);
  });

  it('keeps both ends of a beta distribution that is crowded there', () => {
    // I_x(1, b) = 1 − (1 − x)ᵇ and I_x(a, 1) = xᵃ, whose quantiles are closed.
    expect(betaQuantile(1e-20, { a: 1, b: 10 }) / 1e-21).toBeCloseTo(1, 9);
    expect(betaQuantile(0.9999, { a: 1, b: 2 })).toBeCloseTo(1 - Math.sqrt(1e-4), 12);
    expect(betaQuantile(1e-12, { a: 4, b: 1 })).toBeCloseTo(1e-3, 14);
  });
});
