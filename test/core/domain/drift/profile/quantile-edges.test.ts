import { describe, expect, it } from 'vitest';
import { padEdges, searchEdges } from '../../../../../core/domain/drift/profile/edge-search.ts';
import { quantileEdges } from '../../../../../core/domain/drift/profile/quantile-edges.ts';
import vectors from '../../../../fixtures/quantiles/vectors.json' with { type: 'json' };

const samples = new Map(Object.entries(vectors.samples));
const sampleOf = (name: string): Float64Array => Float64Array.from(samples.get(name) as number[]);

describe('quantile edges', () => {
  it.each(vectors.vectors)('are those of numpy: $name in $bins bins', ({ name, bins, edges }) => {
    expect(quantileEdges(sampleOf(name).sort(), bins)).toEqual(edges);
  });

  it.each(vectors.vectors)('hold in each bin what numpy counts: $name in $bins bins', ({ name, edges, counts }) => {
    const padded = padEdges(edges);
    const bins = new Array(counts.length).fill(0);
    for (const value of sampleOf(name)) bins[searchEdges(padded, value)] += 1;
    expect(bins).toEqual(counts);
  });

  it('are none of no values, and the one value of a constant', () => {
    expect(quantileEdges([], 10)).toEqual([]);
    expect(quantileEdges([4, 4, 4, 4], 10)).toEqual([4]);
  });

  it('stay finite between numbers whose difference is not', () => {
    const edges = quantileEdges([-1.7e308, 1.7e308], 4);
    expect(edges).toHaveLength(3);
    expect(edges.every(Number.isFinite)).toBe(true);
  });

  it.each([0, 1, 2, 3, 31, 32, 50, 63, 64, 100])('are searched lower-inclusively, %i of them', (count) => {
    const edges = Array.from({ length: count }, (_, i) => i * 2);
    const padded = padEdges(edges);
    for (let value = -3; value < count * 2 + 3; value += 1) {
      expect(searchEdges(padded, value)).toBe(edges.filter((edge) => edge <= value).length);
    }
  });
});
