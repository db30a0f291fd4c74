import { describe, expect, it } from 'vitest';
import { clopperPearsonInterval } from '../../../../../core/domain/drift/statistics/clopper-pearson-interval.ts';
import { correlationChange } from '../../../../../core/domain/drift/statistics/correlation-change.ts';
import { cramerVonMises } from '../../../../../core/domain/drift/statistics/cramer-von-mises.ts';
import { cusum } from '../../../../../core/domain/drift/statistics/cusum.ts';
import { energyTest } from '../../../../../core/domain/drift/statistics/energy-test.ts';
import { leveneTest } from '../../../../../core/domain/drift/statistics/levene-test.ts';
import { mannWhitney } from '../../../../../core/domain/drift/statistics/mann-whitney.ts';
import { mcnemarTest } from '../../../../../core/domain/drift/statistics/mcnemar-test.ts';
import { momentsOf } from '../../../../../core/domain/drift/statistics/moments.ts';
import { momentsFromSums } from '../../../../../core/domain/drift/statistics/moments-from-sums.ts';
import { newcombeInterval } from '../../../../../core/domain/drift/statistics/newcombe-interval.ts';
import { poolSamples } from '../../../../../core/domain/drift/statistics/pool-samples.ts';
import { populationStabilityIndex } from '../../../../../core/domain/drift/statistics/population-stability-index.ts';
import { sortSample } from '../../../../../core/domain/drift/statistics/sort-sample.ts';
import { twoProportionZ } from '../../../../../core/domain/drift/statistics/two-proportion-z.ts';
import { welchTest } from '../../../../../core/domain/drift/statistics/welch-test.ts';
import { wilsonInterval } from '../../../../../core/domain/drift/statistics/wilson-interval.ts';
import { caught } from '../../../../support/caught.ts';

const evens = (n: number) => Array.from({ length: n }, (_, i) => 2 * i);
const pooled = (reference: number, current: number) =>
  poolSamples(sortSample(evens(reference)), sortSample(evens(current).map((value) => value + 3)));

describe('what is taken where nothing is said', () => {
  const [r, c] = [
    { successes: 3, trials: 40 },
    { successes: 9, trials: 50 },
  ];

  it('is a confidence of 95 %', () => {
    expect(wilsonInterval(r)).toEqual(wilsonInterval(r, { alpha: 0.05 }));
    expect(clopperPearsonInterval(r)).toEqual(clopperPearsonInterval(r, { alpha: 0.05 }));
    expect(newcombeInterval(r, c)).toEqual(newcombeInterval(r, c, { alpha: 0.05 }));
  });

  it('is half an observation added to each bin', () => {
    const [before, after] = [
      [5, 0, 7],
      [0, 3, 9],
    ] as const;
    expect(populationStabilityIndex(before, after)).toBe(populationStabilityIndex(before, after, { pseudoCount: 0.5 }));
    expect(populationStabilityIndex(before, after, {})).not.toBe(
      populationStabilityIndex(before, after, { pseudoCount: 0 }),
    );
  });

  it('is the exact p-value of few rows, and the limit’s of more', () => {
    for (const [test, last] of [
      [mannWhitney, 50],
      [cramerVonMises, 20],
    ] as const) {
      const [few, more] = [pooled(last / 2, last / 2), pooled(last / 2, last / 2 + 1)];
      expect(test(few)).toEqual(test(few, { method: 'exact' }));
      expect(test(few)).not.toEqual(test(few, { method: 'asymptotic' }));
      expect(test(more)).toEqual(test(more, { method: 'asymptotic' }));
    }
    const [few, more] = [
      { onlyFirst: 480, onlySecond: 520 },
      { onlyFirst: 480, onlySecond: 521 },
    ];
    expect(mcnemarTest(few)).toEqual(mcnemarTest(few, { method: 'exact' }));
    expect(mcnemarTest(more)).toEqual(mcnemarTest(more, { method: 'asymptotic' }));
    expect(mcnemarTest(more)).not.toEqual(mcnemarTest(more, { method: 'exact' }));
  });
});

describe('nothing to compare by', () => {
  const constant = (value: number) => sortSample([value, value, value]);

  it('is no difference between equal constants, and a sure one between others', () => {
    const [one, two] = [momentsOf(constant(1)), momentsOf(constant(2))];
    expect(welchTest(one, one)).toMatchObject({ statistic: 0, pValue: 1 });
    expect(welchTest(one, two).statistic).toBe(Number.POSITIVE_INFINITY);
    expect(welchTest(two, one).statistic).toBe(Number.NEGATIVE_INFINITY);
    expect(leveneTest(constant(1), constant(2))).toEqual({ statistic: 0, pValue: 1 });
  });

  it('is not known of values whose squares are no numbers, and is said at once', () => {
    const [huge, small] = [sortSample([-1.7e308, 1, 1.7e308]), sortSample([1, 2, 3])];
    expect(welchTest(momentsOf(huge), momentsOf(small)).pValue).toBeNaN();
    expect(leveneTest(huge, small).pValue).toBeNaN();
  });

  it('is no difference of shares that are both none or both all', () => {
    for (const successes of [0, 1])
      expect(
        twoProportionZ({ successes: 10 * successes, trials: 10 }, { successes: 7 * successes, trials: 7 }),
      ).toEqual({ statistic: 0, pValue: 1 });
  });

  it('is no pair among fewer than two columns', () => {
    const one = { rows: 3, sums: [1.5], crossMoments: [1] };
    expect(correlationChange(one, one)).toEqual({ largest: 0, pair: null, reference: 0, current: 0 });
  });

  it('has no variance below 0 by a rounding of its sums', () => {
    expect(momentsFromSums({ count: 3, sum: 0.3, sumSquares: 0.03 - 1e-17 }).variance).toBeGreaterThanOrEqual(0);
    expect(momentsFromSums({ count: 2, sum: 4, sumSquares: 10 })).toEqual({ count: 2, mean: 2, variance: 1 });
  });
});

describe('limits', () => {
  const settings = { target: 10, slack: 0, threshold: 3 };

  it('are reached by CUSUM without an alarm, and exceeded with one, on either side', () => {
    expect(cusum([11, 11, 11], settings)).toEqual({
      upper: Float64Array.of(1, 2, 3),
      lower: Float64Array.of(0, 0, 0),
      alarmAt: null,
    });
    expect(cusum([13, 10.5], settings).alarmAt).toBe(1);
    expect(cusum([14], settings).alarmAt).toBe(0);
    expect(cusum([7, 9.5], settings)).toEqual({
      upper: Float64Array.of(0, 0),
      lower: Float64Array.of(3, 3.5),
      alarmAt: 1,
    });
  });

  it.each([
    { target: Number.NaN },
    { target: Number.POSITIVE_INFINITY },
    { slack: -1e-9 },
    { threshold: 0 },
    { threshold: Number.NaN },
  ])('fails for CUSUM with %o, which is named', (wrong) => {
    expect(caught(() => cusum([1], { ...settings, ...wrong }))).toMatchObject({
      code: 'drift.option_invalid',
      details: { option: Object.keys(wrong)[0], got: String(Object.values(wrong)[0]) },
    });
  });

  it('fails for an energy test of more rows than pairs can be compared of', () => {
    const rows = (n: number) => Array.from({ length: n }, (_, i) => [i]);
    const failure = caught(() => energyTest(rows(4_000), rows(1), { uniform: () => 0 }));
    expect(failure).toMatchObject({ code: 'drift.sample_invalid', details: { what: 'rows', got: '4001' } });
    expect(failure.message).toMatch(/sample of at most 4000/);
  });

  it('fails for an empty side, which is named', () => {
    const [none, some] = [sortSample([]), sortSample([1])];
    expect(caught(() => poolSamples(none, some))).toMatchObject({ details: { side: 'reference' } });
    expect(caught(() => poolSamples(some, none))).toMatchObject({ details: { side: 'current' } });
    const options = { uniform: () => 0 };
    expect(caught(() => energyTest([], [[1]], options))).toMatchObject({ details: { side: 'reference' } });
    expect(caught(() => energyTest([[1]], [], options))).toMatchObject({ details: { side: 'current' } });
  });

  it.each([0, 1, -0.1, Number.NaN])('fails for a level of %d', (alpha) => {
    expect(caught(() => wilsonInterval({ successes: 1, trials: 2 }, { alpha }))).toMatchObject({
      code: 'drift.option_invalid',
      details: { option: 'alpha', got: String(alpha) },
    });
  });
});
