import { describe, expect, it } from 'vitest';
import { chiSquareCritical, chiSquareSurvival } from '../../../../../core/domain/drift/distributions/chi-square.ts';
import { normalCdf, normalSurvival } from '../../../../../core/domain/drift/distributions/normal.ts';
import { normalQuantile } from '../../../../../core/domain/drift/distributions/normal-quantile.ts';

const relative = (got: number, expected: number) => Math.abs(got / expected - 1);

describe('what intervals and tests stand on', () => {
  it.each([
    [0.05, 1, 3.8414588206941285],
    [0.005, 9, 23.58935078125739],
    [1e-6, 200, 309.83809199007794],
  ])('at the level %d with %d degrees of freedom is SciPy’s critical value, and back', (alpha, degrees, critical) => {
    expect(relative(chiSquareCritical(alpha, degrees), critical)).toBeLessThan(1e-10);
    expect(relative(chiSquareSurvival(critical, degrees), alpha)).toBeLessThan(1e-10);
  });

  it.each([
    [1.96, 0.024997895148220435],
    [8, 6.22096057427174e-16],
    [-1, 0.8413447460685429],
  ])('beyond %d is SciPy’s tail of the normal distribution', (z, tail) => {
    expect(relative(normalSurvival(z), tail)).toBeLessThan(1e-12);
    expect(relative(normalCdf(-z), tail)).toBeLessThan(1e-12);
  });

  it.each([
    [0.975, 1.959963984540054],
    [1e-10, -6.361340902404056],
  ])('at %d is SciPy’s quantile of the normal distribution', (p, z) => {
    expect(relative(normalQuantile(p), z)).toBeLessThan(1e-13);
  });
});
