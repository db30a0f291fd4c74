import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binFeatures } from '../../../../../core/domain/training/boosting/binned-features.ts';
import { findSplit } from '../../../../../core/domain/training/boosting/find-split.ts';
import {
  createHistogramPool,
  fillHistogram,
  subtractHistogram,
} from '../../../../../core/domain/training/boosting/histogram.ts';

const RULES = { minSamplesLeaf: 1, l2: 1, minGain: 0 };

/** One feature, hessians of 1. */
function splitOf(values: readonly number[], gradients: readonly number[], rules = RULES) {
  const binned = binFeatures({ values: Float32Array.from(values), rowCount: values.length, featureCount: 1 }, 255);
  const histogram = createHistogramPool(binned).take();
  const rows = Uint32Array.from(values.keys());
  const derivatives = { gradients: Float64Array.from(gradients), hessians: new Float64Array(values.length).fill(1) };
  fillHistogram(histogram, rows, { binned, derivatives });
  const gradient = gradients.reduce((sum, value) => sum + value, 0);
  return findSplit(histogram, { gradient, hessian: values.length, count: values.length }, { binned, rules });
}

describe('the best split', () => {
  it('has the gain of the formula', () => {
    // G_L = 2, H_L = 2; G_R = −2, H_R = 2; λ = 1: 4/3 + 4/3 − 0.
    expect(splitOf([1, 2, 3, 4], [1, 1, -1, -1])).toMatchObject({ feature: 0, bin: 1, gain: 8 / 3 });
  });

  it('equals an exhaustive search over all ways to part the rows', () => {
    const row = fc.record({
      x: fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 4 })),
      g: fc.integer({ min: -5, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 20 }), (rows) => {
        const gains = [0, 1, 2, 3, 4].flatMap((edge) =>
          [true, false].map((missingLeft) => {
            const left = rows.filter(({ x }) => (Number.isNaN(x) ? missingLeft : x <= edge));
            const score = (part: typeof rows) => part.reduce((sum, { g }) => sum + g, 0) ** 2 / (part.length + 1);
            const right = rows.filter((item) => !left.includes(item));
            return left.length > 0 && right.length > 0 ? score(left) + score(right) - score(rows) : 0;
          }),
        );
        const found = splitOf(
          rows.map(({ x }) => x),
          rows.map(({ g }) => g),
        );
        expect(found?.gain ?? 0).toBeCloseTo(Math.max(0, ...gains), 8);
      }),
    );
  });

  it('sends missing values to the side they resemble', () => {
    expect(splitOf([1, 2, Number.NaN], [1, -1, 1])).toMatchObject({ missingLeft: true });
    expect(splitOf([1, 2, Number.NaN], [1, -1, -1])).toMatchObject({ missingLeft: false });
  });

  it('parts missing from present where nothing else tells rows apart', () => {
    expect(splitOf([1, 1, Number.NaN, Number.NaN], [1, 1, -1, -1])).toMatchObject({ bin: 0, missingLeft: false });
  });

  it('sends missing values to the larger side where training has none', () => {
    expect(splitOf([1, 1, 1, 2], [1, 1, 1, -3])).toMatchObject({ missingLeft: true });
    expect(splitOf([1, 2, 2, 2], [3, -1, -1, -1])).toMatchObject({ missingLeft: false });
  });

  it('is none when a side would be too small, nothing gains, or the gain is too small', () => {
    expect(splitOf([1, 2, 3], [1, -1, -1], { ...RULES, minSamplesLeaf: 2 })).toBeUndefined();
    expect(splitOf([1, 1], [1, -1])).toBeUndefined();
    expect(splitOf([1, 2, 3, 4], [1, 1, -1, -1], { ...RULES, minGain: 3 })).toBeUndefined();
  });
});

describe('histograms', () => {
  it('of a child equal the parent minus its sibling', () => {
    const values = Float32Array.from({ length: 60 }, (_, i) => (i * 7) % 11);
    const binned = binFeatures({ values, rowCount: 20, featureCount: 3 }, 255);
    const derivatives = {
      gradients: Float64Array.from({ length: 20 }, (_, i) => i),
      hessians: new Float64Array(20).fill(1),
    };
    const pool = createHistogramPool(binned);
    const fill = (rows: number[]) => {
      const histogram = pool.take();
      fillHistogram(histogram, Uint32Array.from(rows), { binned, derivatives });
      return histogram;
    };
    const all = [...Array(20).keys()];
    const even = all.filter((row) => row % 2 === 0);
    const odd = all.filter((row) => row % 2 === 1);
    expect(subtractHistogram(fill(all), fill(even))).toEqual(fill(odd));
  });
});
