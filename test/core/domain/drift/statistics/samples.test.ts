import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cramerVonMises } from '../../../../../core/domain/drift/statistics/cramer-von-mises.ts';
import { energyDistance } from '../../../../../core/domain/drift/statistics/energy-distance.ts';
import { kolmogorovSmirnov } from '../../../../../core/domain/drift/statistics/kolmogorov-smirnov.ts';
import { kolmogorovSmirnovBinned } from '../../../../../core/domain/drift/statistics/kolmogorov-smirnov-binned.ts';
import { leveneTest } from '../../../../../core/domain/drift/statistics/levene-test.ts';
import { mannWhitney } from '../../../../../core/domain/drift/statistics/mann-whitney.ts';
import { momentsOf } from '../../../../../core/domain/drift/statistics/moments.ts';
import { momentsFromSums } from '../../../../../core/domain/drift/statistics/moments-from-sums.ts';
import { normalizeWasserstein } from '../../../../../core/domain/drift/statistics/normalize-wasserstein.ts';
import { poolSamples } from '../../../../../core/domain/drift/statistics/pool-samples.ts';
import { sortNumbers } from '../../../../../core/domain/drift/statistics/sort-numbers.ts';
import { sortSample } from '../../../../../core/domain/drift/statistics/sort-sample.ts';
import { wassersteinBinned } from '../../../../../core/domain/drift/statistics/wasserstein-binned.ts';
import { wassersteinDistance } from '../../../../../core/domain/drift/statistics/wasserstein-distance.ts';
import { welchTest } from '../../../../../core/domain/drift/statistics/welch-test.ts';
import { caught } from '../../../../support/caught.ts';
import { expand, expectClose, readVectors, type Series } from './vectors.ts';

type Sample = number[] | Series;
type Exact = [number, number | null, number | null];

interface PairVector {
  readonly reference: Sample;
  readonly current: Sample;
  readonly ks: Exact;
  readonly wasserstein: number;
  readonly normalized: number;
  readonly energy: number;
  readonly cvm: Exact;
  readonly mannWhitney: Exact;
  readonly welch?: [number, number, number];
  readonly brownForsythe?: [number, number];
  readonly levene?: [number, number];
  readonly moments: [number, number, number];
}

interface Binned {
  readonly bins: number[];
  readonly min: number;
  readonly max: number;
}

const { pairs, binned } = readVectors<{
  pairs: PairVector[];
  binned: { edges: number[]; reference: Binned; current: Binned; wasserstein: number }[];
}>('samples');

const pool = (reference: ArrayLike<number>, current: ArrayLike<number>) =>
  poolSamples(sortSample(reference), sortSample(current));

/** What SciPy sums over thousands of values loses a few digits itself. */
const SUMMED = { relative: 1e-8 };
/** SciPy's exact KS counts lattice paths in doubles, too. */
const COUNTED = { relative: 1e-8 };

describe('statistics of two samples', () => {
  it.each(pairs)('equal SciPy on pair %#', (vector) => {
    const [reference, current] = [expand(vector.reference), expand(vector.current)];
    const samples = pool(reference, current);
    const [sortedReference, sortedCurrent] = [sortSample(reference), sortSample(current)];

    const [ks, ksExact, ksAsymptotic] = vector.ks;
    expectClose(kolmogorovSmirnov(samples).statistic, ks);
    expectClose(kolmogorovSmirnov(samples, { method: 'asymptotic' }).pValue, ksAsymptotic as number, SUMMED);
    if (ksExact !== null) expectClose(kolmogorovSmirnov(samples, { method: 'exact' }).pValue, ksExact, COUNTED);

    expectClose(wassersteinDistance(samples), vector.wasserstein, SUMMED);
    const { variance } = momentsOf(sortedReference);
    expectClose(normalizeWasserstein(vector.wasserstein, Math.sqrt(variance)), vector.normalized, SUMMED);
    expectClose(energyDistance(samples), vector.energy, SUMMED);

    const [cvm, cvmExact, cvmAsymptotic] = vector.cvm;
    expectClose(cramerVonMises(samples).statistic, cvm, SUMMED);
    if (cvmExact !== null) expectClose(cramerVonMises(samples, { method: 'exact' }).pValue, cvmExact, SUMMED);
    if (cvmAsymptotic !== null) {
      expectClose(cramerVonMises(samples, { method: 'asymptotic' }).pValue, cvmAsymptotic, { relative: 1e-6 });
    }

    const [u, uExact, uAsymptotic] = vector.mannWhitney;
    expectClose(mannWhitney(samples).statistic, u);
    if (uExact !== null) expectClose(mannWhitney(samples, { method: 'exact' }).pValue, uExact, COUNTED);
    expectClose(mannWhitney(samples, { method: 'asymptotic' }).pValue, uAsymptotic as number, SUMMED);

    const [count, mean, expectedVariance] = vector.moments;
    const moments = momentsOf(sortedReference);
    expect(moments.count).toBe(count);
    expectClose(moments.mean, mean, SUMMED);
    expectClose(moments.variance, expectedVariance, SUMMED);

    if (vector.welch) {
      const welch = welchTest(moments, momentsOf(sortedCurrent));
      expectClose(welch.statistic, vector.welch[0], SUMMED);
      expectClose(welch.degreesOfFreedom, vector.welch[1], SUMMED);
      expectClose(welch.pValue, vector.welch[2], SUMMED);
    }
    for (const [centre, expected] of [
      ['median', vector.brownForsythe],
      ['mean', vector.levene],
    ] as const) {
      if (!expected) continue;
      const levene = leveneTest(sortedReference, sortedCurrent, { centre });
      expectClose(levene.statistic, expected[0], SUMMED);
      expectClose(levene.pValue, expected[1], SUMMED);
    }
  });

  it.each(binned)(
    'equal the integral of the quantile functions from bins %#',
    ({ edges, reference, current, wasserstein }) => {
      expectClose(wassersteinBinned(reference, current, edges), wasserstein, SUMMED);
      expectClose(wassersteinBinned(current, reference, edges), wasserstein, SUMMED);
    },
  );
});

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 });
const grid = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 60 });

describe('properties of comparisons of samples', () => {
  it('do not depend on the order of rows', () => {
    fc.assert(
      fc.property(values, values, (reference, current) => {
        const [one, other] = [pool(reference, current), pool(reference.toReversed(), current.toReversed())];
        expect(kolmogorovSmirnov(one)).toEqual(kolmogorovSmirnov(other));
        expect(wassersteinDistance(one)).toBe(wassersteinDistance(other));
      }),
    );
  });

  it('are the same under maps that keep the order, where only ranks count', () => {
    fc.assert(
      fc.property(grid, grid, (reference, current) => {
        const cubed = (sample: readonly number[]) => sample.map((value) => value ** 3 + value);
        const [plain, mapped] = [pool(reference, current), pool(cubed(reference), cubed(current))];
        for (const statistic of [kolmogorovSmirnov, mannWhitney, cramerVonMises]) {
          expect(statistic(plain)).toEqual(statistic(mapped));
        }
      }),
    );
  });

  it('say that a sample has not moved against itself, and by how much it was shifted', () => {
    fc.assert(
      fc.property(grid, fc.integer({ min: 1, max: 50 }), (sample, shift) => {
        const same = pool(sample, sample);
        expect(kolmogorovSmirnov(same)).toEqual({ statistic: 0, pValue: 1 });
        expect(wassersteinDistance(same)).toBe(0);
        expect(energyDistance(same)).toBe(0);
        const shifted = pool(
          sample,
          sample.map((value) => value + shift),
        );
        expectClose(wassersteinDistance(shifted), shift, { relative: 1e-9 });
      }),
    );
  });

  it('agree from bins with one bin a value', () => {
    fc.assert(
      fc.property(grid, grid, (reference, current) => {
        const count = (sample: readonly number[]) => {
          const bins = new Array<number>(41).fill(0);
          for (const value of sample) bins[value + 20] = (bins[value + 20] ?? 0) + 1;
          return bins;
        };
        const whole = kolmogorovSmirnov(pool(reference, current));
        const fromBins = kolmogorovSmirnovBinned(count(reference), count(current));
        expectClose(fromBins.statistic, whole.statistic);
        expectClose(fromBins.pValue, whole.pValue);
      }),
    );
  });

  it('sort as the engine does, negative zeros and subnormals included', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 3_000 }), (list) => {
        expect(sortNumbers(Float64Array.from(list))).toEqual(Float64Array.from(list).sort());
      }),
      { numRuns: 50 },
    );
  });
});

describe('sorting many numbers', () => {
  const shuffled = (length: number, value: (place: number) => number): Float64Array<ArrayBuffer> => {
    // 7,919 is prime: every place comes up once.
    return Float64Array.from({ length }, (_, i) => value((i * 7_919) % length));
  };

  it.each<[string, (place: number) => number]>([
    ['of all sizes and both signs', (place) => (place % 2 === 0 ? 1 : -1) * Math.exp(place / 300)],
    ['that differ in their lowest bits alone', (place) => 1e9 + place * 2 ** -23],
    ['of which a few differ', (place) => place % 3],
    ['that are all alike', () => 7],
    ['around the smallest there are', (place) => (place - 2_500) * Number.MIN_VALUE],
  ])('gives numbers %s in order', (_, value) => {
    const values = shuffled(5_000, value);
    const expected = values.toSorted();
    const sorted = sortNumbers(values);
    expect(sorted.every((each, place) => Object.is(each, expected[place]))).toBe(true);
    expect(sorted).toHaveLength(5_000);
  });
});

describe('what is missing, infinite, constant or too little', () => {
  it('is parted from the finite values, and counted', () => {
    const sample = sortSample([3, null, Number.NaN, undefined, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY]);
    expect(sample).toMatchObject({ values: Float64Array.of(1, 3), missing: 3, infinite: 2 });
  });

  it('has no drift as a constant against itself, and full drift against another', () => {
    expect(kolmogorovSmirnov(pool([5, 5, 5], [5, 5])).statistic).toBe(0);
    expect(kolmogorovSmirnov(pool([5, 5, 5], [6, 6])).statistic).toBe(1);
    expect(normalizeWasserstein(1, 0)).toBe(1 / 0.001);
  });

  it('has the moments of its sums', () => {
    const sample = [1, 4, 4, 9];
    const sums = { count: 4, sum: 18, sumSquares: 114 };
    const [fromSums, whole] = [momentsFromSums(sums), momentsOf(sortSample(sample))];
    expectClose(fromSums.mean, whole.mean);
    expectClose(fromSums.variance, whole.variance);
  });

  it.each(Object.entries({ kolmogorovSmirnov, mannWhitney, cramerVonMises, wassersteinDistance, energyDistance }))(
    'fails in %s where a side has nothing',
    (_, statistic) => {
      expect(caught(() => statistic(pool([], [1, 2]))).code).toMatch(/^drift\.(empty_sample|sample_too_small)$/);
      expect(caught(() => statistic(pool([1, 2], [Number.NaN]))).code).toMatch(
        /^drift\.(empty_sample|sample_too_small)$/,
      );
    },
  );

  it('fails for a test of means or spreads of one value', () => {
    const [one, two] = [sortSample([1]), sortSample([1, 2])];
    expect(caught(() => welchTest(momentsOf(one), momentsOf(two)))).toMatchObject({
      code: 'drift.sample_too_small',
      details: { side: 'reference', got: 1, needed: 2 },
    });
    expect(caught(() => leveneTest(two, one)).details).toMatchObject({ side: 'current' });
  });

  it('fails for edges that do not make the histograms’ bins', () => {
    const side = { bins: [1, 1], min: 0, max: 2 };
    expect(caught(() => wassersteinBinned(side, side, [1, 2])).code).toBe('drift.bins_mismatch');
  });
});
