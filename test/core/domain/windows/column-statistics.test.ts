import { describe, expect, it } from 'vitest';
import type {
  CategoryCounts,
  CategoryPlan,
  NumericCounts,
  NumericPlan,
} from '../../../../core/domain/drift/profile/profile.ts';
import { columnHistogram, columnStatistics } from '../../../../core/domain/windows/column-statistics.ts';

const NUMBERS: NumericPlan = { name: 'x', kind: 'numeric', role: 'feature', edges: [1, 2] };
/** Values 0.5, 1.5 and 2.5 in their bins. */
const numbers = (bins: readonly [number, number, number], missing = 0, infinite = 0): NumericCounts => {
  const values = [0.5, 1.5, 2.5];
  const sum = bins.reduce((total, count, i) => total + count * (values[i] as number), 0);
  const sumSquares = bins.reduce((total, count, i) => total + count * (values[i] as number) ** 2, 0);
  return {
    kind: 'numeric',
    bins: [...bins],
    missing,
    infinite,
    min: 0.5,
    max: 2.5,
    sum,
    sumSquares,
  };
};
const SHOPS: CategoryPlan = { name: 's', kind: 'category', role: 'feature', categories: ['food', 'fuel'] };
const shops = (counts: readonly [number, number], unseen = 0, missing = 0): CategoryCounts => ({
  kind: 'category',
  counts: [...counts],
  unseen,
  missing,
});

describe('statistics of a column', () => {
  it('are those of its shares: by hand', () => {
    const found = columnStatistics(NUMBERS, numbers([50, 30, 20]), numbers([20, 30, 50]));
    expect(found['totalVariation']).toBeCloseTo(0.3, 12);
    expect(found['lInfinity']).toBeCloseTo(0.3, 12);
    expect(found['kl']).toBeCloseTo(0.2 * Math.log(0.2 / 0.5) + 0.5 * Math.log(0.5 / 0.2), 12);
    expect(found['ks']).toBeCloseTo(0.3, 12);
    expect(found['meanReference']).toBeCloseTo(1.2, 12);
    expect(found['meanCurrent']).toBeCloseTo(1.8, 12);
    expect(found['missingCurrent']).toBe(0);
  });

  it('count what is missing as one more bin where either side has any, and leave it out of the order of numbers', () => {
    const found = columnStatistics(NUMBERS, numbers([50, 30, 20]), numbers([25, 15, 10], 50));
    expect(found['totalVariation']).toBeCloseTo(0.5, 12);
    expect(found['missingCurrent']).toBe(0.5);
    expect(found['ks']).toBe(0);
    expect(found['wasserstein']).toBeCloseTo(0, 12);
  });

  it('are short of the order of numbers for categories, and for a side without values', () => {
    expect(columnStatistics(SHOPS, shops([60, 40]), shops([40, 60]))).not.toHaveProperty('ks');
    const nothing = columnStatistics(NUMBERS, numbers([50, 30, 20]), numbers([0, 0, 0], 100));
    expect(nothing).toMatchObject({ missingCurrent: 1, totalVariation: 1 });
    expect(nothing).not.toHaveProperty('ks');
  });

  it('are none where a side has no rows', () => {
    expect(columnStatistics(NUMBERS, numbers([1, 1, 1]), numbers([0, 0, 0]))).toEqual({});
  });
});

describe('the distribution of a column to draw', () => {
  it('names bins by their edges, and has what is missing or infinite where there is any', () => {
    expect(columnHistogram(NUMBERS, numbers([2, 1, 1]), numbers([1, 1, 0], 1, 1))).toEqual({
      bins: ['below 1', '1 to 2', '2 and more', 'missing', 'infinite'],
      reference: [0.5, 0.25, 0.25, 0, 0],
      current: [0.25, 0.25, 0, 0.25, 0.25],
    });
    expect(columnHistogram({ ...NUMBERS, edges: [] }, numbers([3, 0, 0]), numbers([1, 0, 0])).bins[0]).toBe('all');
  });

  it('names categories, the rest as one bar, and what training did not know', () => {
    expect(columnHistogram(SHOPS, shops([3, 1]), shops([1, 1], 2)).bins).toEqual([
      'food',
      'fuel',
      'not seen in training',
    ]);
    const many = { ...SHOPS, categories: Array.from({ length: 40 }, (_, i) => `c${i}`) };
    const counts = (each: number) => ({ ...shops([0, 0]), counts: many.categories.map(() => each) });
    const drawn = columnHistogram(many, counts(2), counts(1));
    expect(drawn.bins).toHaveLength(31);
    expect(drawn.bins.at(-1)).toBe('10 more');
    expect(drawn.reference.at(-1)).toBeCloseTo(0.25, 12);
    expect(drawn.current.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
  });
});
