import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTrial, type TrialResult } from '../../../../../core/domain/training/search/choose-trial.ts';
import { planTrials } from '../../../../../core/domain/training/search/plan-trials.ts';
import { type SearchSpace, valueAt } from '../../../../../core/domain/training/search/search-space.ts';
import { trainModel } from '../../../../../core/domain/training/train-model.ts';

const withCode = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

const SPACE: SearchSpace = {
  learningRate: { kind: 'range', from: 0.01, to: 1, scale: 'log' },
  maxLeaves: { kind: 'range', from: 4, to: 63, integer: true },
  classWeights: { kind: 'choice', values: ['balanced', undefined] },
};

describe('planning trials', () => {
  it('takes each slice of each range exactly once', () => {
    const count = 20;
    const trials = planTrials(SPACE, { count, seed: 3 });
    const slices = trials.map(({ hyperparameters }) =>
      Math.floor((Math.log10(hyperparameters['learningRate'] as number) + 2) * (count / 2)),
    );
    expect(slices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    const balanced = trials.filter(({ hyperparameters }) => hyperparameters['classWeights'] === 'balanced');
    expect(balanced).toHaveLength(count / 2);
  });

  it('stays within the space for any seed and count', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 50 }), (seed, count) => {
        for (const { hyperparameters } of planTrials(SPACE, { count, seed })) {
          const { learningRate, maxLeaves } = hyperparameters as { learningRate: number; maxLeaves: number };
          expect(learningRate >= 0.01 && learningRate <= 1).toBe(true);
          expect(Number.isInteger(maxLeaves) && maxLeaves >= 4 && maxLeaves <= 63).toBe(true);
        }
      }),
    );
  });

  it('gives the same trials for the same seed, in whatever order the space is written, and others for another', () => {
    const turned = Object.fromEntries(Object.entries(SPACE).reverse());
    const trials = planTrials(SPACE, { count: 8, seed: 1 });
    expect(planTrials(turned, { count: 8, seed: 1 })).toEqual(trials);
    expect(planTrials(SPACE, { count: 8, seed: 2 })).not.toEqual(trials);
  });

  it.each([
    [{ kind: 'range', from: 2, to: 4, integer: true } as const, [2, 2, 3, 4]],
    [{ kind: 'range', from: 1, to: 100, scale: 'log' } as const, [1, 10 ** 0.5, 10, 10 ** 1.5]],
    [{ kind: 'choice', values: ['a', 'b'] } as const, ['a', 'a', 'b', 'b']],
    [{ kind: 'range', from: 5, to: 5 } as const, [5, 5, 5, 5]],
  ])('spreads places over %j', (dimension, expected) => {
    const values = [0, 0.25, 0.5, 0.75].map((place) => valueAt(dimension, place));
    expect(values).toEqual(expected.map((value) => (typeof value === 'number' ? expect.closeTo(value, 12) : value)));
  });

  it('makes settings that each train by themselves', () => {
    const features = Array.from({ length: 120 }, (_, i) => [i % 10, i % 7]);
    const data = { features, labels: features.map(([a, b]) => (a! > b! ? 1 : 0)), featureNames: ['a', 'b'] };
    const files = planTrials(SPACE, { count: 3, seed: 1 }).map(({ hyperparameters, seed }) => {
      const trained = trainModel({ ...data, algorithm: 'hist-gradient-boosting', hyperparameters, seed });
      return Buffer.from(trained.onnx).toString('base64');
    });
    expect(new Set(files).size).toBe(3);
  });

  it.each([
    ['space', {}, 1],
    ['space.x.values', { x: { kind: 'choice', values: [] } }, 1],
    ['space.x.from', { x: { kind: 'range', from: 0, to: 1, scale: 'log' } }, 1],
    ['space.x.to', { x: { kind: 'range', from: 2, to: 1 } }, 1],
    ['space.x.to', { x: { kind: 'range', from: 2, to: Number.POSITIVE_INFINITY } }, 1],
    ['space.x.scale', { x: { kind: 'range', from: 2, to: 3, scale: 'root' } }, 1],
    ['count', SPACE, 0],
  ])('fails for a wrong %s', (option, space, count) => {
    expect(() => planTrials(space as SearchSpace, { count, seed: 1 })).toThrow(
      withCode('training.option_invalid', { option }),
    );
  });
});

const result = (trial: number, score: number, complexity = 1): TrialResult => ({
  trial,
  score,
  standardError: 0.02,
  complexity,
});

describe('choosing a trial', () => {
  it('takes the simplest within one standard error of the best, its border included', () => {
    const { chosen, best } = chooseTrial([result(0, 0.9, 100), result(1, 0.88, 10), result(2, 0.87, 1)], {
      better: 'higher',
    });
    expect([best.trial, chosen.trial]).toEqual([0, 1]);
  });

  it('takes the lowest where lower is better', () => {
    const options = { better: 'lower' } as const;
    expect(chooseTrial([result(0, 0.5), result(1, 0.3), result(2, 0.4)], options).chosen.trial).toBe(1);
  });

  it('does not depend on the order in which trials end', () => {
    const results = fc.uniqueArray(
      fc.record({
        trial: fc.nat(50),
        score: fc.float({ min: 0, max: 1, noNaN: true }),
        standardError: fc.constant(0.05),
        complexity: fc.nat(3),
      }),
      { minLength: 1, selector: ({ trial }) => trial },
    );
    fc.assert(
      fc.property(results, (all) => {
        const options = { better: 'higher' } as const;
        expect(chooseTrial(all.toReversed(), options)).toMatchObject({
          chosen: chooseTrial(all, options).chosen,
          best: chooseTrial(all, options).best,
        });
      }),
    );
  });

  it('names the trials that have no score and lets none of them win', () => {
    const { chosen, failed } = chooseTrial([result(0, Number.NaN, 0), result(1, 0.5)], { better: 'higher' });
    expect([chosen.trial, failed]).toEqual([1, [0]]);
  });

  it('fails when no trial has a score', () => {
    expect(() => chooseTrial([result(0, Number.NaN)], { better: 'higher' })).toThrow(withCode('training.no_rows'));
  });

  it('fails for a standard error that is no number', () => {
    const wrong = { ...result(0, 0.5), standardError: Number.NaN };
    expect(() => chooseTrial([wrong], { better: 'higher' })).toThrow(withCode('training.option_invalid'));
  });
});
