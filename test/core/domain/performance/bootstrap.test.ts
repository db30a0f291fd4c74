import { describe, expect, it } from 'vitest';
import { binaryEstimates } from '../../../../core/domain/performance/binary-estimates.ts';
import { bootstrap } from '../../../../core/domain/performance/bootstrap.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';
import { caught } from '../../../support/caught.ts';

const meanOf = (values: readonly number[]) => (weights: Float64Array) => {
  const sum = values.reduce((partial, value, row) => partial + value * (weights[row] as number), 0);
  return { mean: sum / weights.reduce((partial, weight) => partial + weight, 0) };
};

const VALUES = Array.from({ length: 200 }, (_, row) => (row * 37) % 101);

describe('the bootstrap', () => {
  it('gives the same intervals for the same seed, and others for another', () => {
    const with7 = () => bootstrap(200, meanOf(VALUES), { random: createRandom(7) });
    expect(with7()).toEqual(with7());
    expect(bootstrap(200, meanOf(VALUES), { random: createRandom(8) })).not.toEqual(with7());
  });

  it('comes near the interval that theory has for a mean', () => {
    const { mean } = bootstrap(200, meanOf(VALUES), { random: createRandom(7), resamples: 4_000 });
    const average = VALUES.reduce((sum, value) => sum + value, 0) / 200;
    const deviation = Math.sqrt(VALUES.reduce((sum, value) => sum + (value - average) ** 2, 0) / 200);
    expect(mean?.value).toBeCloseTo(average, 10);
    expect(mean?.lower).toBeCloseTo(average - (1.96 * deviation) / Math.sqrt(200), 0);
    expect(mean?.upper).toBeCloseTo(average + (1.96 * deviation) / Math.sqrt(200), 0);
  });

  it('draws whole customers: rows that repeat their customer’s first are no evidence', () => {
    const repeated = VALUES.flatMap((value) => [value, value, value, value]);
    const clusters = VALUES.flatMap((_, customer) => Array.from({ length: 4 }, () => `customer-${customer}`));
    const width = (estimate?: { lower: number; upper: number }) => (estimate?.upper ?? 0) - (estimate?.lower ?? 0);
    const options = { resamples: 2_000 };
    const single = bootstrap(200, meanOf(VALUES), { ...options, random: createRandom(1) }).mean;
    const naive = bootstrap(800, meanOf(repeated), { ...options, random: createRandom(2) }).mean;
    const clustered = bootstrap(800, meanOf(repeated), { ...options, random: createRandom(3), clusters }).mean;
    expect(width(clustered) / width(single)).toBeCloseTo(1, 1);
    expect(width(naive) / width(single)).toBeCloseTo(0.5, 1);
  });

  it('is used for every metric where rows belong to customers', () => {
    const labels = VALUES.map((value) => (value > 50 ? 1 : 0));
    const scores = VALUES.map((value, row) => (value + (row % 60)) / 161);
    const rows = { labels, scores, predicted: scores.map((score) => (score > 0.5 ? 1 : 0)) };
    const alone = binaryEstimates(rows, { random: createRandom(1), resamples: 100 });
    const clusters = VALUES.map((_, row) => row % 20);
    const together = binaryEstimates(rows, { random: createRandom(1), resamples: 100, clusters });
    for (const name of ['accuracy', 'f1', 'roc_auc'] as const) {
      expect(together[name]?.value).toBeCloseTo(alone[name]?.value as number, 12);
      expect(together[name]?.lower).not.toBe(alone[name]?.lower);
    }
  });

  it('leaves out what the sample does not define, and knows no bounds for what most resamples do not', () => {
    const statistics = (weights: Float64Array) => ({
      never: Number.NaN,
      rarely: (weights[0] as number) > 0 ? 1 : Number.NaN,
    });
    expect(bootstrap(10, statistics, { random: createRandom(1) })).toEqual({
      rarely: { value: 1, lower: Number.NaN, upper: Number.NaN },
    });
  });

  it('keeps infinite values infinite', () => {
    const endless = () => ({ ratio: Number.POSITIVE_INFINITY });
    const all = Number.POSITIVE_INFINITY;
    expect(bootstrap(3, endless, { random: createRandom(1) }).ratio).toEqual({ value: all, lower: all, upper: all });
  });

  it.each([
    ['no rows', 0, {}, 'training.no_rows'],
    ['too few resamples', 5, { resamples: 19 }, 'training.option_invalid'],
    ['half a resample', 5, { resamples: 20.5 }, 'training.option_invalid'],
    ['a missing cluster', 5, { clusters: ['a'] }, 'training.shape_mismatch'],
    ['a confidence of 1', 5, { confidence: 1 }, 'training.option_invalid'],
  ])('fails for %s', (_, rows, options, code) => {
    expect(caught(() => bootstrap(rows, () => ({ x: 1 }), { random: createRandom(1), ...options })).code).toBe(code);
  });
});
