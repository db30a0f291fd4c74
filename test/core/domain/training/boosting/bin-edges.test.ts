import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binEdges } from '../../../../../core/domain/training/boosting/bin-edges.ts';
import { binFeatures } from '../../../../../core/domain/training/boosting/binned-features.ts';

const sorted = (...values: number[]) => Float32Array.from(values).sort();
const LARGEST = 3.4028234663852886e38;

describe('bin edges', () => {
  it('lie halfway between neighbouring values where there are few', () => {
    expect([...binEdges(sorted(1, 1, 2, 4), 255)]).toEqual([1.5, 3]);
  });

  it('are none for a constant feature and for one without values', () => {
    expect(binEdges(sorted(3, 3, 3), 255)).toHaveLength(0);
    expect(binEdges(sorted(), 255)).toHaveLength(0);
  });

  it('part only infinities from the rest next to an infinity', () => {
    expect([...binEdges(sorted(Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY), 255)]).toEqual([
      -LARGEST,
      LARGEST,
    ]);
    expect([...binEdges(sorted(Number.NEGATIVE_INFINITY, -LARGEST), 255)]).toEqual([Number.NEGATIVE_INFINITY]);
    expect([...binEdges(sorted(LARGEST, Number.POSITIVE_INFINITY), 255)]).toEqual([LARGEST]);
  });

  it('part neighbouring floats, which have nothing between them', () => {
    const next = Math.fround(1 + 2 ** -23);
    expect([...binEdges(sorted(1, next), 255)]).toEqual([1]);
  });

  it('do not overflow between large values of opposite sign', () => {
    expect([...binEdges(sorted(-LARGEST, LARGEST), 255)]).toEqual([0]);
  });

  it('hold about equally many rows each where there are many values', () => {
    const edges = binEdges(
      Float32Array.from({ length: 10_000 }, (_, i) => i ** 2),
      10,
    );
    expect(edges).toHaveLength(9);
    expect(edges[4]).toBeCloseTo(4999.5 ** 2, -4);
  });

  it('ascend strictly, are at most maxBins − 1, and agree with the bin of every value', () => {
    const value = fc.oneof(fc.float({ noNaN: true }), fc.integer({ min: -3, max: 3 }).map(Math.fround));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 2, max: 255 }),
        (values, maxBins) => {
          const matrix = { values: Float32Array.from(values), rowCount: values.length, featureCount: 1 };
          const { edges, bins } = binFeatures(matrix, maxBins);
          const [own] = edges as [Float32Array];
          expect(own.length).toBeLessThan(maxBins);
          for (let i = 1; i < own.length; i += 1) expect(own[i]).toBeGreaterThan(own[i - 1]!);
          matrix.values.forEach((x, row) => {
            own.forEach((edge, bin) => {
              expect(bins[row]! <= bin).toBe(x <= edge);
            });
          });
        },
      ),
    );
  });

  it('put missing values into a bin of their own, after all others', () => {
    const { bins } = binFeatures({ values: Float32Array.of(1, Number.NaN, 2), rowCount: 3, featureCount: 1 }, 255);
    expect([...bins]).toEqual([0, 2, 1]);
  });
});
