import { describe, expect, it } from 'vitest';
import { attributionNdcg } from '../../../../../core/domain/drift/statistics/attribution-ndcg.ts';
import { correlationChange } from '../../../../../core/domain/drift/statistics/correlation-change.ts';
import { energyTest } from '../../../../../core/domain/drift/statistics/energy-test.ts';
import { type RankMoments, rankCorrelations } from '../../../../../core/domain/drift/statistics/rank-correlations.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';
import { caught } from '../../../../support/caught.ts';
import { expectClose, readVectors } from './vectors.ts';

const { energy, correlations } = readVectors<{
  energy: { reference: number[][]; current: number[][]; statistic: number }[];
  correlations: (RankMoments & { correlations: number[] })[];
}>('columns');

describe('rank correlations', () => {
  it.each(correlations)('equal NumPy from sums alone: %#', ({ correlations: expected, ...moments }) => {
    const got = rankCorrelations(moments);
    expect(got).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expectClose(got[i] as number, value);
  });

  it('change by the largest difference of a pair, which is named', () => {
    const [, five] = correlations;
    const { correlations: _, ...moments } = five as (typeof correlations)[number];
    const same = correlationChange(moments, moments);
    expect(same.largest).toBe(0);
    // The covariance of columns 1 and 3 turned round: their place in the upper triangle of five is 5 + 2.
    const crossMoments = moments.crossMoments.map((moment, at) => (at === 7 ? -moment : moment));
    const change = correlationChange(moments, { ...moments, crossMoments });
    expect(change.pair).toEqual([1, 3]);
    const [before, after] = [rankCorrelations(moments), rankCorrelations({ ...moments, crossMoments })];
    // Pairs before (1, 3): four with column 0, then (1, 2).
    expectClose(change.largest, Math.abs((before[5] as number) - (after[5] as number)));
  });

  it('fails for moments of other columns, and of no rows', () => {
    const [three, five] = correlations as unknown as [RankMoments, RankMoments];
    expect(caught(() => correlationChange(three, five)).code).toBe('drift.bins_mismatch');
    expect(caught(() => rankCorrelations({ ...three, rows: 0 })).code).toBe('drift.option_invalid');
    expect(caught(() => rankCorrelations({ ...three, crossMoments: [1] })).code).toBe('drift.bins_mismatch');
  });
});

describe('the energy test of several columns', () => {
  const uniform = () => createRandom(7).uniform;

  it.each(energy)(
    'has the statistic of NumPy, missing and infinite values ranked: %#',
    ({ reference, current, statistic }) => {
      expectClose(energyTest(reference, current, { uniform: uniform(), permutations: 1 }).statistic, statistic);
    },
  );

  it('finds rows whose columns go together otherwise, and is quiet for rows of one kind', () => {
    const random = createRandom(3);
    const rows = (sign: number) =>
      Array.from({ length: 80 }, () => {
        const x = random.uniform();
        return [x, sign > 0 ? x : 1 - x];
      });
    const moved = energyTest(rows(1), rows(-1), { uniform: uniform() });
    expect(moved.pValue).toBe(1 / 200);
    const kept = energyTest(rows(1), rows(1), { uniform: uniform() });
    expect(kept.pValue).toBeGreaterThan(0.05);
  });

  it('fails for rows of other columns, for no rows, and for no permutations', () => {
    const options = { uniform: uniform() };
    expect(caught(() => energyTest([[1, 2]], [[1]], options)).code).toBe('drift.bins_mismatch');
    expect(caught(() => energyTest([], [[1]], options)).code).toBe('drift.empty_sample');
    expect(caught(() => energyTest([[1]], [[1]], { ...options, permutations: 0 })).code).toBe('drift.option_invalid');
  });
});

describe('attribution nDCG', () => {
  it('is 1 where the order of features is kept, and falls as it is lost', () => {
    const reference = [5, 3, 1];
    expect(attributionNdcg(reference, [50, 30, 10])).toBe(1);
    const dcg = (gains: readonly number[]) => gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
    expectClose(attributionNdcg(reference, [1, 3, 5]), dcg([1, 3, 5]) / dcg([5, 3, 1]));
  });

  it('fails for other features and for attributions that are none', () => {
    expect(caught(() => attributionNdcg([1, 2], [1])).code).toBe('drift.bins_mismatch');
    expect(caught(() => attributionNdcg([1, -2], [1, 2])).code).toBe('drift.sample_invalid');
  });
});
