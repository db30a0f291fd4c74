import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg } from '../../../../../core/domain/drift/statistics/benjamini-hochberg.ts';
import { bonferroni } from '../../../../../core/domain/drift/statistics/bonferroni.ts';
import { clopperPearsonInterval } from '../../../../../core/domain/drift/statistics/clopper-pearson-interval.ts';
import { cusum } from '../../../../../core/domain/drift/statistics/cusum.ts';
import { fisherExact } from '../../../../../core/domain/drift/statistics/fisher-exact.ts';
import { holm } from '../../../../../core/domain/drift/statistics/holm.ts';
import { mcnemarTest } from '../../../../../core/domain/drift/statistics/mcnemar-test.ts';
import { newcombeInterval } from '../../../../../core/domain/drift/statistics/newcombe-interval.ts';
import { twoProportionZ } from '../../../../../core/domain/drift/statistics/two-proportion-z.ts';
import { wilsonInterval } from '../../../../../core/domain/drift/statistics/wilson-interval.ts';
import { caught } from '../../../../support/caught.ts';
import { expectClose, readVectors } from './vectors.ts';

interface Vectors {
  readonly two: {
    reference: [number, number];
    current: [number, number];
    fisher: [number, number];
    z: [number, number];
    newcombe: [number, number];
  }[];
  readonly one: { k: number; n: number; alpha: number; wilson: [number, number]; exact: [number, number] }[];
  readonly mcnemar: [number, number, number, number, number][];
  readonly pValues: { p: number[]; bonferroni: number[]; holm: number[]; bh: number[] }[];
}

const VECTORS = readVectors<Vectors>('proportions');
const proportion = ([successes, trials]: readonly [number, number]) => ({ successes, trials });

describe('two proportions', () => {
  it.each(VECTORS.two)('equal SciPy on vector %#', ({ reference, current, ...expected }) => {
    const [r, c] = [proportion(reference), proportion(current)];
    const fisher = fisherExact(r, c);
    expectClose(fisher.oddsRatio, expected.fisher[0]);
    expectClose(fisher.pValue, expected.fisher[1]);
    const z = twoProportionZ(r, c);
    expectClose(z.statistic, expected.z[0]);
    expectClose(z.pValue, expected.z[1]);
    const { lower, upper } = newcombeInterval(r, c, { alpha: 0.1 });
    expectClose(lower, expected.newcombe[0]);
    expectClose(upper, expected.newcombe[1]);
  });
});

describe('one proportion', () => {
  it.each(VECTORS.one)('$k of $n has the intervals of SciPy at $alpha', ({ k, n, alpha, wilson, exact }) => {
    const of = { successes: k, trials: n };
    for (const [interval, expected] of [
      [wilsonInterval(of, { alpha }), wilson],
      [clopperPearsonInterval(of, { alpha }), exact],
    ] as const) {
      // SciPy finds the exact ones by bisection, to nine digits.
      expectClose(interval.lower, expected[0], { relative: 1e-8 });
      expectClose(interval.upper, expected[1], { relative: 1e-8 });
    }
  });

  it('lies within both intervals, and Clopper-Pearson’s grows as alpha falls', () => {
    const of = fc
      .integer({ min: 1, max: 500 })
      .chain((trials) => fc.record({ successes: fc.nat(trials), trials: fc.constant(trials) }));
    fc.assert(
      fc.property(of, (given) => {
        const share = given.successes / given.trials;
        for (const { lower, upper } of [wilsonInterval(given), clopperPearsonInterval(given)]) {
          expect(lower).toBeLessThanOrEqual(share + 1e-12);
          expect(upper).toBeGreaterThanOrEqual(share - 1e-12);
        }
        const [wide, narrow] = [
          clopperPearsonInterval(given, { alpha: 0.01 }),
          clopperPearsonInterval(given, { alpha: 0.1 }),
        ];
        expect(wide.lower).toBeLessThanOrEqual(narrow.lower);
        expect(wide.upper).toBeGreaterThanOrEqual(narrow.upper);
      }),
    );
  });

  it('fails where there are no trials, or more successes than trials', () => {
    for (const given of [
      { successes: 0, trials: 0 },
      { successes: 3, trials: 2 },
      { successes: -1, trials: 2 },
      { successes: 0.5, trials: 2 },
    ]) {
      expect(caught(() => wilsonInterval(given)).code).toBe('drift.option_invalid');
      expect(caught(() => fisherExact(given, { successes: 1, trials: 2 })).code).toBe('drift.option_invalid');
    }
  });
});

describe('McNemar’s test', () => {
  it.each(VECTORS.mcnemar)('of %i and %i equals SciPy', (onlyFirst, onlySecond, statistic, exact, asymptotic) => {
    const discordant = { onlyFirst, onlySecond };
    expectClose(mcnemarTest(discordant, { method: 'exact' }).pValue, exact);
    const approximate = mcnemarTest(discordant, { method: 'asymptotic' });
    expectClose(approximate.statistic, statistic);
    expectClose(approximate.pValue, asymptotic);
  });
});

describe('several tests at once', () => {
  it.each(VECTORS.pValues)('are adjusted as defined: %#', ({ p, ...expected }) => {
    for (const [adjusted, values] of [
      [bonferroni(p), expected.bonferroni],
      [holm(p), expected.holm],
      [benjaminiHochberg(p), expected.bh],
    ] as const) {
      expect(adjusted).toHaveLength(values.length);
      for (const [i, value] of values.entries()) expectClose(adjusted[i] as number, value);
    }
  });

  it('are never below what each was alone; Holm never above Bonferroni, Benjamini-Hochberg never above Holm', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (p) => {
        const [b, h, bh] = [bonferroni(p), holm(p), benjaminiHochberg(p)];
        for (const [i, alone] of p.entries()) {
          expect(bh[i]).toBeGreaterThanOrEqual(alone - 1e-15);
          expect(h[i]).toBeGreaterThanOrEqual((bh[i] as number) - 1e-15);
          expect(b[i]).toBeGreaterThanOrEqual((h[i] as number) - 1e-15);
        }
      }),
    );
  });

  it('fails for what is no p-value', () => {
    for (const p of [-0.1, 1.1, Number.NaN]) {
      for (const adjust of [bonferroni, holm, benjaminiHochberg]) {
        expect(caught(() => adjust([0.5, p]))).toMatchObject({ code: 'drift.sample_invalid', details: { index: 1 } });
      }
    }
  });
});

describe('CUSUM', () => {
  const options = { target: 0, slack: 0.5, threshold: 4 };

  it('adds up what lies beyond the slack, on either side', () => {
    const { upper, lower } = cusum([1, 2, -3, 0], options);
    expect([...upper]).toEqual([0.5, 2, 0, 0]);
    expect([...lower]).toEqual([0, 0, 2.5, 2]);
  });

  it('fails for a value that is not finite and settings that are none', () => {
    expect(caught(() => cusum([0, Number.NaN], options)).code).toBe('drift.sample_invalid');
    expect(caught(() => cusum([0], { ...options, threshold: 0 })).code).toBe('drift.option_invalid');
    expect(caught(() => cusum([0], { ...options, slack: -1 })).code).toBe('drift.option_invalid');
  });
});
