import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignCategories } from '../../../../../core/domain/drift/statistics/align-categories.ts';
import { chiSquareTest } from '../../../../../core/domain/drift/statistics/chi-square-test.ts';
import { cramersV } from '../../../../../core/domain/drift/statistics/cramers-v.ts';
import { criticalPsi } from '../../../../../core/domain/drift/statistics/critical-psi.ts';
import { deequCAlpha } from '../../../../../core/domain/drift/statistics/deequ-c-alpha.ts';
import { expectedPsi } from '../../../../../core/domain/drift/statistics/expected-psi.ts';
import { gTest } from '../../../../../core/domain/drift/statistics/g-test.ts';
import { hellingerDistance } from '../../../../../core/domain/drift/statistics/hellinger-distance.ts';
import { jensenShannon } from '../../../../../core/domain/drift/statistics/jensen-shannon.ts';
import { jensenShannonDistance } from '../../../../../core/domain/drift/statistics/jensen-shannon-distance.ts';
import { kullbackLeibler } from '../../../../../core/domain/drift/statistics/kullback-leibler.ts';
import { largestCumulativeChange } from '../../../../../core/domain/drift/statistics/largest-cumulative-change.ts';
import { largestShareChange } from '../../../../../core/domain/drift/statistics/largest-share-change.ts';
import { modelMonitorDistance } from '../../../../../core/domain/drift/statistics/model-monitor-distance.ts';
import { populationStabilityIndex } from '../../../../../core/domain/drift/statistics/population-stability-index.ts';
import { totalVariation } from '../../../../../core/domain/drift/statistics/total-variation.ts';
import { caught } from '../../../../support/caught.ts';
import { expectClose, readVectors } from './vectors.ts';

interface HistogramVector {
  readonly reference: number[];
  readonly current: number[];
  readonly psi: number;
  readonly psi2: number;
  readonly psi0: number;
  readonly psiFloor: number;
  readonly kl: number;
  readonly js: number;
  readonly hellinger: number;
  readonly tv: number;
  readonly largest: number;
  readonly cumulative: number;
  readonly chi: [number, number, number];
  readonly g: [number, number, number];
  readonly v: number;
}

const { histograms, psiNull, cAlpha } = readVectors<{
  histograms: HistogramVector[];
  psiNull: [number, number, number, number, number, number][];
  cAlpha: [number, number][];
}>('shares');

describe('statistics of two histograms', () => {
  it.each(histograms)('equal SciPy on vector %#', ({ reference, current, ...expected }) => {
    expectClose(populationStabilityIndex(reference, current), expected.psi);
    expectClose(populationStabilityIndex(reference, current, { pseudoCount: 2 }), expected.psi2);
    expectClose(populationStabilityIndex(reference, current, { pseudoCount: 0 }), expected.psi0);
    expectClose(populationStabilityIndex(reference, current, { pseudoCount: 0, shareFloor: 1e-4 }), expected.psiFloor);
    expectClose(kullbackLeibler(reference, current), expected.kl);
    expectClose(jensenShannon(reference, current), expected.js);
    // Squared: the root makes a rounding of SciPy's 1e-16 into 1e-8.
    expectClose(jensenShannonDistance(reference, current) ** 2, expected.js, { relative: 1e-7 });
    expect(jensenShannonDistance(reference, current)).toBe(Math.sqrt(jensenShannon(reference, current)));
    expectClose(hellingerDistance(reference, current), expected.hellinger);
    expectClose(totalVariation(reference, current), expected.tv);
    expectClose(largestShareChange(reference, current), expected.largest);
    expectClose(largestCumulativeChange(reference, current), expected.cumulative);
    const chi = chiSquareTest(reference, current);
    expectClose(chi.statistic, expected.chi[0]);
    expect(chi.degreesOfFreedom).toBe(expected.chi[1]);
    expectClose(chi.pValue, expected.chi[2]);
    const g = gTest(reference, current);
    // Of millions of rows that hardly differ, the expected counts are rounded in their last digit.
    expectClose(g.statistic, expected.g[0], { relative: 1e-8 });
    expect(g.degreesOfFreedom).toBe(expected.g[1]);
    expectClose(g.pValue, expected.g[2], { relative: 1e-8 });
    expectClose(cramersV(reference, current), expected.v);
  });

  it.each(psiNull)('of unchanged data: PSI of %i bins, %i and %i rows', (bins, referenceRows, currentRows, ...rest) => {
    const [alpha, expected, critical] = rest;
    const size = { bins, referenceRows, currentRows };
    expectClose(expectedPsi(size), expected);
    expectClose(criticalPsi(size, alpha), critical);
  });

  it.each(cAlpha)('Deequ’s c(%f)', (alpha, expected) => {
    expectClose(deequCAlpha(alpha), expected);
  });
});

const counts = (bins: number) =>
  fc
    .array(fc.nat(1_000), { minLength: bins, maxLength: bins })
    .filter((histogram) => histogram.some((count) => count > 0));
const pair = fc.integer({ min: 2, max: 12 }).chain((bins) => fc.tuple(counts(bins), counts(bins)));
const merged = ([first = 0, second = 0, ...rest]: readonly number[]) => [first + second, ...rest];
const [DIVERGENCES, SYMMETRIC] = [
  {
    populationStabilityIndex,
    kullbackLeibler,
    jensenShannon,
    hellingerDistance,
    totalVariation,
    chi: chiSquareStatistic,
  },
  {
    populationStabilityIndex,
    jensenShannon,
    hellingerDistance,
    totalVariation,
    largestShareChange,
    chi: chiSquareStatistic,
  },
];
function chiSquareStatistic(reference: readonly number[], current: readonly number[]): number {
  return chiSquareTest(reference, current).statistic;
}

describe('properties of divergences', () => {
  it.each(Object.entries(SYMMETRIC))('%s is the same either way round', (_, divergence) => {
    fc.assert(
      fc.property(pair, ([reference, current]) => {
        expectClose(divergence(reference, current), divergence(current, reference), { relative: 1e-9 });
      }),
    );
  });

  it.each(Object.entries(DIVERGENCES))(
    '%s is not negative, 0 for equal shares, and does not depend on the order of bins',
    (name, divergence) => {
      fc.assert(
        fc.property(pair, ([reference, current]) => {
          const value = divergence(reference, current);
          expect(value).toBeGreaterThanOrEqual(0);
          if (name !== 'populationStabilityIndex')
            expect(
              divergence(
                reference,
                reference.map((count) => 3 * count),
              ),
            ).toBeLessThan(1e-12);
          expectClose(divergence(reference.toReversed(), current.toReversed()), value, { relative: 1e-9 });
        }),
      );
    },
  );

  it.each(Object.entries(DIVERGENCES).filter(([name]) => name !== 'populationStabilityIndex'))(
    '%s never rises when two bins are merged',
    (_, divergence) => {
      fc.assert(
        fc.property(pair, ([reference, current]) => {
          const whole = divergence(reference, current);
          expect(divergence(merged(reference), merged(current))).toBeLessThanOrEqual(whole * (1 + 1e-9) + 1e-12);
        }),
      );
    },
  );

  it('stays within its bounds: JS below ln 2, Hellinger, TV and the largest changes below 1', () => {
    fc.assert(
      fc.property(pair, ([reference, current]) => {
        expect(jensenShannon(reference, current)).toBeLessThanOrEqual(Math.LN2 + 1e-12);
        for (const divergence of [hellingerDistance, totalVariation, largestShareChange, largestCumulativeChange]) {
          expect(divergence(reference, current)).toBeLessThanOrEqual(1 + 1e-12);
        }
        expect(largestShareChange(reference, current)).toBeLessThanOrEqual(totalVariation(reference, current) + 1e-12);
      }),
    );
  });
});

describe('Model Monitor’s distances', () => {
  const [reference, current] = [
    [10, 20, 30, 40],
    [40, 30, 20, 10],
  ];

  it('are the largest cumulative change of numbers and the largest change of a category; Robust takes 1.8 · √((n + m)/(nm)) off', () => {
    const robust = (simple: number) => Math.max(0, simple - 1.8 * Math.sqrt(200 / 10_000));
    expect(modelMonitorDistance(reference, current, { kind: 'numeric' })).toEqual({ simple: 0.4, robust: robust(0.4) });
    const category = modelMonitorDistance(reference, current, { kind: 'category' });
    expectClose(category.simple, 0.3);
    expectClose(category.robust, robust(0.3));
    expect(modelMonitorDistance(reference, reference, { kind: 'numeric' })).toEqual({ simple: 0, robust: 0 });
  });
});

describe('categories of two sides', () => {
  it('are laid side by side, with 0 where a side has none', () => {
    const { reference, current, categories } = alignCategories(
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      new Map([
        ['c', 3],
        ['a', 4],
      ]),
    );
    const at = (histogram: ArrayLike<number>) => Object.fromEntries(categories.map((name, i) => [name, histogram[i]]));
    expect(at(reference)).toEqual({ a: 1, b: 2, c: 0 });
    expect(at(current)).toEqual({ a: 4, b: 0, c: 3 });
  });
});

describe('a comparison that cannot be made', () => {
  const all = { ...DIVERGENCES, largestShareChange, largestCumulativeChange, gTest, cramersV };
  it.each(Object.entries(all))(
    'fails in %s for other bins, nothing on a side, and counts that are none',
    (_, statistic) => {
      expect(caught(() => statistic([1, 2], [1, 2, 3]))).toMatchObject({
        code: 'drift.bins_mismatch',
        details: { reference: 2, current: 3 },
      });
      expect(caught(() => statistic([0, 0], [1, 2]))).toMatchObject({
        code: 'drift.empty_sample',
        details: { side: 'reference' },
      });
      expect(caught(() => statistic([1, 2], [0, 0])).details).toEqual({ side: 'current' });
      for (const count of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(caught(() => statistic([1, count], [1, 2])).code).toBe('drift.sample_invalid');
      }
    },
  );

  it('fails for levels and sizes that are none', () => {
    for (const alpha of [0, 1, Number.NaN]) expect(caught(() => deequCAlpha(alpha)).code).toBe('drift.option_invalid');
    expect(caught(() => expectedPsi({ bins: 0, referenceRows: 1, currentRows: 1 })).code).toBe('drift.option_invalid');
    expect(caught(() => populationStabilityIndex([1], [1], { pseudoCount: -1 })).code).toBe('drift.option_invalid');
  });
});
