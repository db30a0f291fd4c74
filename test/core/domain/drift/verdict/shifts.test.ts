import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CategoryCounts, NumericCounts } from '../../../../../core/domain/drift/profile/profile.ts';
import {
  categoryPools,
  categoryShift,
  largestRateChange,
  pooledCounts,
} from '../../../../../core/domain/drift/verdict/category-shift.ts';
import { binRanks, numericShift } from '../../../../../core/domain/drift/verdict/numeric-shift.ts';

const numbers = (...bins: number[]): NumericCounts => ({
  kind: 'numeric',
  missing: 0,
  infinite: 0,
  bins,
  sum: 0,
  sumSquares: 0,
  min: 0,
  max: 0,
});
const categories = (...counts: number[]): CategoryCounts => ({ kind: 'category', missing: 0, counts, unseen: 0 });
const someBins = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 5, maxLength: 5 });

describe('shift of a number', () => {
  it('matches a case by hand', () => {
    // Mid-ranks of four equal bins: 1/8, 3/8, 5/8, 7/8; their distances from the middle, doubled: ¾, ¼, ¼, ¾.
    const shift = numericShift(binRanks(numbers(10, 10, 10, 10)), numbers(0, 0, 5, 5));
    expect(shift.ks).toBeCloseTo(0.5, 12);
    expect(shift.location).toBeCloseTo(0.25, 12);
    expect(shift.spread).toBeCloseTo(0, 12);
  });

  it('tells values further out from values further in', () => {
    const scale = binRanks(numbers(10, 10, 10, 10));
    expect(numericShift(scale, numbers(5, 0, 0, 5)).spread).toBeCloseTo(0.25, 12);
    expect(numericShift(scale, numbers(0, 5, 5, 0)).spread).toBeCloseTo(-0.25, 12);
  });

  it('is nothing against itself, at any size', () => {
    fc.assert(
      fc.property(someBins, fc.integer({ min: 1, max: 9 }), (bins, times) => {
        const shift = numericShift(binRanks(numbers(...bins)), numbers(...bins.map((count) => count * times)));
        expect(shift.ks).toBeCloseTo(0, 12);
        expect(shift.location).toBeCloseTo(0, 12);
        expect(shift.spread).toBeCloseTo(0, 12);
      }),
    );
  });

  it('has the opposite location where the two sides change places', () => {
    fc.assert(
      fc.property(someBins, someBins, (a, b) => {
        const forth = numericShift(binRanks(numbers(...a)), numbers(...b));
        const back = numericShift(binRanks(numbers(...b)), numbers(...a));
        expect(forth.location).toBeCloseTo(-back.location, 12);
        expect(forth.ks).toBeCloseTo(back.ks, 12);
      }),
    );
  });

  it('is nothing where a side has no values', () => {
    const nothing = { ks: 0, location: 0, spread: 0 };
    expect(numericShift(binRanks(numbers(0, 0)), numbers(3, 1))).toEqual(nothing);
    expect(numericShift(binRanks(numbers(3, 1)), numbers(0, 0))).toEqual(nothing);
  });

  it('is full where a constant becomes another, told apart by an edge after it', () => {
    expect(numericShift(binRanks(numbers(0, 40, 0)), numbers(0, 0, 9))).toMatchObject({ ks: 1, location: 0.5 });
    expect(numericShift(binRanks(numbers(0, 40, 0)), numbers(0, 9, 0))).toMatchObject({ ks: 0, location: 0 });
  });
});

describe('shift of categories', () => {
  it('matches cases by hand', () => {
    expect(categoryShift([50, 50], [80, 20]).totalVariation).toBeCloseTo(0.3, 12);
    expect(categoryShift([1, 0], [0, 5])).toEqual({ hellinger: 1, totalVariation: 1 });
    expect(categoryShift([50, 50], [80, 20]).hellinger).toBeCloseTo(
      Math.sqrt(((Math.sqrt(0.8) - Math.sqrt(0.5)) ** 2 + (Math.sqrt(0.5) - Math.sqrt(0.2)) ** 2) / 2),
      12,
    );
  });

  it('keeps total variation between the square of the Hellinger distance and √2 times it', () => {
    fc.assert(
      fc.property(someBins, someBins, (a, b) => {
        const { hellinger, totalVariation } = categoryShift(a, b);
        expect(totalVariation).toBeGreaterThanOrEqual(hellinger ** 2 - 1e-12);
        expect(totalVariation).toBeLessThanOrEqual(Math.SQRT2 * hellinger + 1e-12);
      }),
    );
  });

  it('is nothing where a side is empty', () => {
    expect(categoryShift([0, 0], [1, 2])).toEqual({ hellinger: 0, totalVariation: 0 });
    expect(categoryShift([1, 2], [0, 0])).toEqual({ hellinger: 0, totalVariation: 0 });
  });

  it('pools categories below half a percent of the reference, wherever they are', () => {
    const pools = categoryPools(categories(598, 4, 391, 2, 5));
    expect(pools).toEqual({ poolOf: [0, 3, 1, 3, 2], pools: 4, rare: 3 });
    expect(pooledCounts(pools, categories(10, 1, 20, 2, 30))).toEqual([10, 20, 30, 3]);
  });

  it('has no pool of rare categories where there are none', () => {
    expect(categoryPools(categories(500, 500))).toEqual({ poolOf: [0, 1], pools: 2, rare: null });
  });

  it('finds the rare rate that changed by the largest factor, up or down', () => {
    const reference = [9000, 400, 400, 200];
    expect(largestRateChange(reference, [900, 60, 38, 2], 0.05)).toEqual({ pool: 3, from: 0.02, to: 0.002, ratio: 10 });
    expect(largestRateChange(reference, [880, 100, 0, 20], 0.05)).toMatchObject({
      pool: 2,
      ratio: Number.POSITIVE_INFINITY,
    });
    expect(largestRateChange(reference, [860, 80, 40, 20], 0.05)).toMatchObject({ pool: 1, ratio: 2 });
  });

  it('takes one row where half a row is expected for noise, and a frequent category for another matter', () => {
    expect(largestRateChange([9995, 5], [999, 1], 0.05)).toBeUndefined();
    expect(largestRateChange([9000, 1000], [700, 300], 0.05)).toBeUndefined();
    expect(largestRateChange([0, 0], [700, 300], 0.05)).toBeUndefined();
    expect(largestRateChange([9000, 100], [0, 0], 0.05)).toBeUndefined();
  });
});
