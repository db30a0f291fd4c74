import { describe, expect, it } from 'vitest';
import { betaQuantile } from '../../../../../core/domain/drift/distributions/beta-quantile.ts';
import {
  binomialAtLeast,
  binomialAtMost,
  binomialProbability,
} from '../../../../../core/domain/drift/distributions/binomial.ts';
import { binomialDensity } from '../../../../../core/domain/drift/distributions/binomial-density.ts';
import { chiSquareCritical, chiSquareSurvival } from '../../../../../core/domain/drift/distributions/chi-square.ts';
import { cramerVonMisesSurvival } from '../../../../../core/domain/drift/distributions/cramer-von-mises-limit.ts';
import { deviance } from '../../../../../core/domain/drift/distributions/deviance.ts';
import { fSurvival } from '../../../../../core/domain/drift/distributions/f-distribution.ts';
import { hypergeometricProbability } from '../../../../../core/domain/drift/distributions/hypergeometric.ts';
import { incompleteBeta } from '../../../../../core/domain/drift/distributions/incomplete-beta.ts';
import { incompleteGamma } from '../../../../../core/domain/drift/distributions/incomplete-gamma.ts';
import { kolmogorovSurvival } from '../../../../../core/domain/drift/distributions/kolmogorov.ts';
import { logGamma } from '../../../../../core/domain/drift/distributions/log-gamma.ts';
import { normalCdf, normalSurvival, normalTwoSided } from '../../../../../core/domain/drift/distributions/normal.ts';
import { normalQuantile } from '../../../../../core/domain/drift/distributions/normal-quantile.ts';
import { stirlingError } from '../../../../../core/domain/drift/distributions/stirling-error.ts';
import { studentTwoSided } from '../../../../../core/domain/drift/distributions/student-t.ts';
import { expectClose, readVectors } from './vectors.ts';

const VECTORS = readVectors<Readonly<Record<string, number[][]>>>('distributions');
type Numbers = [number, number, number, number, number, number];

/** By the vectors' name: what is computed of a row, and where in the row what is expected begins. */
const COMPUTED: Readonly<Record<string, (row: Numbers) => readonly number[]>> = {
  logGamma: ([x]) => [logGamma(x)],
  stirlingError: ([n]) => [stirlingError(n)],
  deviance: ([x, mean]) => [deviance(x, mean)],
  incompleteGamma: ([a, x]) => [incompleteGamma(a, x).lower, incompleteGamma(a, x).upper],
  incompleteBeta: ([a, b, x]) => {
    const { lower, upper } = incompleteBeta({ a, b }, { x, y: 1 - x });
    return [lower, upper];
  },
  binomialDensity: ([successes, failures, x]) => [binomialDensity({ successes, failures }, { x, y: 1 - x })],
  normalCdf: ([z]) => [normalCdf(z)],
  normalTwoSided: ([z]) => [normalTwoSided(z)],
  normalQuantile: ([p]) => [normalQuantile(p)],
  kolmogorovSurvival: ([x]) => [kolmogorovSurvival(x)],
  cramerVonMisesSurvival: ([x]) => [cramerVonMisesSurvival(x)],
  studentTwoSided: ([t, degrees]) => [studentTwoSided(t, degrees)],
  fSurvival: ([f, numerator, denominator]) => [fSurvival(f, { numerator, denominator })],
  chiSquareSurvival: ([x, degrees]) => [chiSquareSurvival(x, degrees)],
  chiSquareCritical: ([alpha, degrees]) => [chiSquareCritical(alpha, degrees)],
  betaQuantile: ([p, a, b]) => [betaQuantile(p, { a, b })],
  binomial: ([k, trials, probability]) => {
    const of = { trials, probability };
    return [binomialProbability(k, of), binomialAtLeast(k, of), binomialAtMost(k, of)];
  },
  hypergeometric: ([k, white, black, drawn]) => [hypergeometricProbability(k, { white, black, drawn })],
};

describe('distributions equal mpmath and SciPy, tails included', () => {
  it('has a computation for each of the vectors', () => {
    expect(Object.keys(COMPUTED)).toEqual(Object.keys(VECTORS));
  });

  for (const [name, rows] of Object.entries(VECTORS)) {
    it.each(rows.map((row) => [row.join(', '), row] as const))(`${name}(%s)`, (_, row) => {
      const got = COMPUTED[name]?.(row as Numbers) ?? [];
      const expected = row.slice(row.length - got.length);
      for (const [i, value] of got.entries()) expectClose(value, expected[i] as number);
    });
  }

  it('has the upper tail of the normal distribution where 1 − Φ is 0', () => {
    expect(normalSurvival(20)).toBe(normalCdf(-20));
    expect(1 - normalCdf(20)).toBe(0);
    expect(normalSurvival(20)).toBeGreaterThan(0);
  });
});
