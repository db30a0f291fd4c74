import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowCounter } from '../../../../../core/domain/drift/profile/count-rows.ts';
import { kllSketch, sketchedEdges, weightedValues } from '../../../../../core/domain/drift/profile/kll-sketch.ts';
import { type ColumnSpec, type PlanOptions, rowPlanner } from '../../../../../core/domain/drift/profile/plan-rows.ts';
import type { NumericPlan, ProfilePlan } from '../../../../../core/domain/drift/profile/profile.ts';
import { quantileEdges } from '../../../../../core/domain/drift/profile/quantile-edges.ts';
import type { ColumnValues } from '../../../../../core/domain/drift/profile/row-batch.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';

const spec = (name: string, kind: ColumnSpec['kind'], role: ColumnSpec['role'] = 'feature'): ColumnSpec => ({
  name,
  kind,
  role,
});

const planned = (specs: readonly ColumnSpec[], columns: readonly ColumnValues[], options?: PlanOptions) => {
  const planner = rowPlanner(specs, options);
  planner.add({ rows: columns[0]?.length ?? 0, columns });
  return planner.planned();
};

const numbers = (values: readonly number[], options?: PlanOptions) =>
  planned([spec('x', 'numeric')], [Float64Array.from(values)], options);

const edgesOf = ({ plan }: { plan: ProfilePlan }): readonly number[] => (plan.columns[0] as NumericPlan).edges;

describe('row planner', () => {
  it('takes quantiles as edges where there are more values than bins', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => (i * 7919) % 1_000);
    expect(edgesOf(numbers(values, { bins: 10 }))).toEqual(
      quantileEdges(
        values.toSorted((a, b) => a - b),
        10,
      ),
    );
  });

  it('takes the values themselves where they are few, so that a rare one has a bin of its own', () => {
    const { plan } = numbers([...new Array(999).fill(0), 1]);
    const counter = rowCounter(plan);
    counter.add({ rows: 4, columns: [Float64Array.of(-1, 0, 1, 2)] });
    expect(edgesOf({ plan }).slice(0, 2)).toEqual([0, 1]);
    expect(counter.profile().columns[0]).toMatchObject({ bins: [1, 1, 1, 1] });
  });

  it('tells a constant from whatever else comes', () => {
    const { plan } = numbers([5, 5, 5]);
    const counter = rowCounter(plan);
    counter.add({ rows: 4, columns: [Float64Array.of(5, 5.5, 6, 4)] });
    expect(counter.profile().columns[0]).toMatchObject({ bins: [1, 1, 2] });
  });

  it('leaves what is missing and infinite out of the edges, and counts it', () => {
    const { plan, summaries, rows } = numbers([Number.NaN, 1, Number.POSITIVE_INFINITY, 2.5, -0]);
    expect(rows).toBe(5);
    expect(summaries[0]).toMatchObject({
      missing: 1,
      infinite: 1,
      finite: 3,
      fractions: 1,
      min: 0,
      max: 2.5,
      sum: 3.5,
    });
    expect(edgesOf({ plan }).slice(0, 3)).toEqual([0, 1, 2.5]);
  });

  it('has no edges for a column without values', () => {
    const result = numbers([Number.NaN, Number.NaN]);
    expect(edgesOf(result)).toEqual([]);
    expect(result.plan.correlated).toEqual([]);
    expect(result.summaries[0]).toMatchObject({ finite: 0, mean: Number.NaN });
  });

  it('finds mean and deviation of large numbers that differ little', () => {
    const { summaries } = numbers([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect(summaries[0]).toMatchObject({ mean: 1e9 + 10, standardDeviation: Math.sqrt(22.5) });
  });

  it('keeps the most frequent categories, equal ones in order of their text', () => {
    const { plan, summaries } = planned([spec('c', 'category')], [['b', 'a', 'c', 'c', null, 'd']], { categories: 3 });
    expect(plan.columns[0]).toMatchObject({ categories: ['c', 'a', 'b'] });
    expect(summaries[0]).toMatchObject({ missing: 1, present: 5, distinct: 4 });
  });

  it('finds frequent categories among more than can be kept', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 50_000 }, (_, i) => (i % 4 === 0 ? 'often' : `id-${random.below(1_000_000)}`));
    const { summaries } = planned([spec('c', 'category')], [values], { categories: 10 });
    expect(summaries[0]).toMatchObject({ categories: expect.arrayContaining([{ value: 'often', count: 12_500 }]) });
  });

  it('cuts long texts, in plan and counts alike', () => {
    const { plan } = planned([spec('c', 'category')], [['x'.repeat(1_000)]]);
    const counter = rowCounter(plan);
    counter.add({ rows: 1, columns: [['x'.repeat(1_000)]] });
    expect(plan.columns[0]).toMatchObject({ categories: ['x'.repeat(256)] });
    expect(counter.profile().columns[0]).toMatchObject({ counts: [1], unseen: 0 });
  });

  it('correlates numeric features that are no constants, forty at most', () => {
    const specs = Array.from({ length: 50 }, (_, i) => spec(`f${i}`, 'numeric', i === 1 ? 'prediction' : 'feature'));
    const columns = specs.map((_, i) => (i === 0 ? Float64Array.of(3, 3) : Float64Array.of(1, 2)));
    const { correlated } = planned(specs, columns).plan;
    expect(correlated).toHaveLength(40);
    expect(correlated[0]).toBe('f2');
  });

  it('does not tell batches from one another', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 })), fc.nat(20), (values, at) => {
        const planner = rowPlanner([spec('x', 'numeric')], { bins: 5 });
        for (const part of [values.slice(0, at), values.slice(at)]) {
          planner.add({ rows: part.length, columns: [Float64Array.from(part)] });
        }
        expect(planner.planned()).toEqual(numbers(values, { bins: 5 }));
      }),
    );
  });

  it('needs no more than the sketch for more values than it may keep, and is off by less than 0.2 % of the ranks', () => {
    const random = createRandom(7);
    const values = Float64Array.from({ length: 300_000 }, () => Math.exp(3 * random.uniform()));
    const planner = rowPlanner([spec('x', 'numeric')], { exactValues: 1 });
    planner.add({ rows: values.length, columns: [values] });
    const { plan } = planner.planned();
    const sorted = values.toSorted();
    for (const [i, edge] of edgesOf({ plan }).entries()) {
      const rank = sorted.findIndex((value) => value >= edge) / sorted.length;
      expect(Math.abs(rank - (i + 1) / 32)).toBeLessThan(0.002);
    }
  });
});

describe('KLL sketch', () => {
  it('is exact while it is not full', () => {
    const sketch = kllSketch({ k: 64 });
    for (const value of [3, 1, 2, 2]) sketch.add(value);
    expect(sketch.levels()).toEqual([[3, 1, 2, 2]]);
    expect(sketchedEdges(weightedValues(sketch.levels()), 2)).toEqual([2]);
  });

  it('stands for as many values as were added, in bounded memory', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (count) => {
        const sketch = kllSketch({ k: 512 });
        for (let i = 0; i < count; i += 1) sketch.add((i * 7919) % 10_007);
        const levels = sketch.levels();
        const weight = levels.reduce((sum, values, level) => sum + values.length * 2 ** level, 0);
        const kept = levels.reduce((sum, { length }) => sum + length, 0);
        expect(weight).toBe(count);
        expect(kept).toBeLessThan(512 * 6);
      }),
      { numRuns: 30 },
    );
  });
});
