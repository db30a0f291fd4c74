import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPlattScaling } from '../../../../../core/domain/training/calibration/platt-scaling.ts';
import {
  calibratedProbabilities,
  fitScoreCalibration,
} from '../../../../../core/domain/training/calibration/score-calibration.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';
import { type TrainModelRequest, trainModel } from '../../../../../core/domain/training/train-model.ts';
import { largestDifference, runOnnx } from '../../../../support/run-onnx.ts';

const withCode = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

/** Labels drawn with the probability 1/(1 + e^-x), features x and noise. */
function logisticRows(seed: number, count: number) {
  const random = createRandom(seed);
  const features = Array.from({ length: count }, () => [random.uniform() * 6 - 3, random.uniform()]);
  return { features, labels: features.map(([x]) => (random.uniform() < 1 / (1 + Math.exp(-x!)) ? 1 : 0)) };
}

const pairs = (margins: readonly number[]): Float32Array => Float32Array.from(margins.flatMap((margin) => [0, margin]));
const positives = (probabilities: Float32Array): number[] => [...probabilities].filter((_, i) => i % 2 === 1);
const ones = (count: number): number[] => new Array<number>(count).fill(1);

const byWeight = { features: logisticRows(1, 3000), evaluation: logisticRows(2, 1500) };
const request = {
  ...byWeight.features,
  evaluation: byWeight.evaluation,
  featureNames: ['x', 'noise'],
  seed: 5,
  // Makes the positive class ten times as likely as it is: what calibration has to undo.
  hyperparameters: { classWeights: { '1': 10 } },
};
const METHODS = ['sigmoid', 'isotonic'] as const;
const ALGORITHMS = ['hist-gradient-boosting', 'logistic-regression'] as const;
const grid = METHODS.flatMap((method) => ALGORITHMS.map((algorithm) => ({ method, algorithm })));

describe("Platt's sigmoid", () => {
  it('meets the smoothed shares of two groups exactly', () => {
    // Two parameters and two scores: the sigmoid passes through both groups' mean targets.
    const scores = [0, 0, 0, 0, 1, 1, 1, 1];
    const labels = [0, 0, 0, 1, 0, 1, 1, 1];
    const [high, low] = [5 / 6, 1 / 6];
    const logit = (p: number) => Math.log(p / (1 - p));
    const { slope, intercept } = fitPlattScaling(labels, scores);
    expect(intercept).toBeCloseTo(logit((3 * low + high) / 4), 7);
    expect(slope + intercept).toBeCloseTo(logit((low + 3 * high) / 4), 7);
  });

  it('stays finite for classes that the scores part', () => {
    const { slope, intercept } = fitPlattScaling([0, 0, 1, 1], [-1e3, -1e3, 1e3, 1e3]);
    expect(slope * 1e3 + intercept).toBeCloseTo(Math.log(3), 6);
  });

  it('counts weights as repeated rows', () => {
    const weighted = fitPlattScaling([0, 1, 0, 1], [0, 0, 2, 2], { weights: [3, 1, 1, 2] });
    const repeated = fitPlattScaling([0, 0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 2, 2, 2]);
    expect(weighted.slope).toBeCloseTo(repeated.slope, 9);
    expect(weighted.intercept).toBeCloseTo(repeated.intercept, 9);
  });
});

describe('calibration of scores', () => {
  it('by isotonic regression passes through each pooled block at its mean score', () => {
    const margins = [0, 1, 2, 3, 4];
    const calibration = fitScoreCalibration('isotonic', {
      labels: [0, 1, 0, 1, 1],
      scores: pairs(margins),
      weights: ones(5),
    });
    const [low, first, middle, between, last] = positives(
      calibratedProbabilities(calibration, pairs([-9, 0, 1.5, 2.5, 9])),
    );
    expect([low, first, middle, last]).toEqual([0, 0, 0.5, 1]);
    expect(between).toBeCloseTo(0.5 + 0.5 * (1 / 2), 6);
  });

  it('by isotonic regression counts weights as repeated rows, and 0 as no row', () => {
    const weighted = { labels: [0, 1, 0, 1, 1], scores: pairs([0, 1, 2, 3, 9]), weights: [1, 2, 1, 1, 0] };
    const repeated = { labels: [0, 1, 1, 0, 1], scores: pairs([0, 1, 1, 2, 3]), weights: ones(5) };
    expect(fitScoreCalibration('isotonic', weighted)).toEqual(fitScoreCalibration('isotonic', repeated));
  });

  it.each(METHODS)('by %s never falls with the score where the labels rise with it, and stays in [0, 1]', (method) => {
    const rows = fc.array(fc.tuple(fc.float({ min: -50, max: 50, noNaN: true }), fc.boolean()), { minLength: 2 });
    fc.assert(
      fc.property(rows, fc.array(fc.float({ noNaN: true, min: -100, max: 100 })), (learnt, asked) => {
        const margins = [...learnt.map(([margin]) => margin), -51, 51];
        const labels = [...learnt.map(([, positive]) => (positive ? 1 : 0)), 0, 1];
        const calibration = fitScoreCalibration(method, {
          labels,
          scores: pairs(margins),
          weights: ones(labels.length),
        });
        const rising = calibration.method === 'isotonic' || calibration.slope >= 0;
        const answers = positives(calibratedProbabilities(calibration, pairs(asked.toSorted((a, b) => a - b))));
        expect(answers.every((p) => p >= 0 && p <= 1)).toBe(true);
        expect(!rising || answers.every((p, i) => i === 0 || p >= answers[i - 1]! - 1e-7)).toBe(true);
      }),
    );
  });

  it.each(METHODS)('fails by %s for rows of one class', (method) => {
    const rows = { labels: [1, 1], scores: pairs([0, 1]), weights: ones(2) };
    expect(() => fitScoreCalibration(method, rows)).toThrow(withCode('training.one_class'));
  });
});

describe('training with calibration', () => {
  it.each(grid)('by $method makes a skewed $algorithm true, in the file as in our own scoring', async (options) => {
    const { calibration, ...plain } = {
      ...request,
      algorithm: options.algorithm,
      calibration: { method: options.method },
    };
    const before = trainModel(plain);
    const after = trainModel({ ...plain, calibration });
    expect(after.metrics['brier_score']).toBeLessThan(before.metrics['brier_score']! * 0.9);
    // Trained on a fifth fewer rows, it ranks a little worse.
    expect(after.metrics['roc_auc']).toBeGreaterThan(before.metrics['roc_auc']! - 0.02);
    expect(after.hyperparameters['calibration']).toEqual({ method: options.method, share: 0.2 });

    const rows = byWeight.evaluation.features;
    const answer = await runOnnx(after.onnx, Float32Array.from(rows.flat()), { shape: [rows.length, 2] });
    expect(largestDifference(after.predict(rows), answer.probabilities)).toBeLessThan(5e-6);
  });

  it('gives the same bytes for the same request', () => {
    const bytes = () =>
      trainModel({ ...request, algorithm: 'hist-gradient-boosting', calibration: { method: 'isotonic' } }).onnx;
    expect(bytes()).toEqual(bytes());
  });

  it('fails for three classes', () => {
    const labels = request.labels.map((label, row) => (row % 7 === 0 ? 2 : label));
    const wrong = { ...request, labels, evaluation: undefined, hyperparameters: {} };
    expect(() =>
      trainModel({ ...wrong, algorithm: 'logistic-regression', calibration: { method: 'sigmoid' } }),
    ).toThrow(withCode('training.option_invalid', { option: 'calibration' }));
  });

  it.each([
    ['calibration.method', { method: 'beta' }],
    ['calibration.share', { method: 'sigmoid', share: 1 }],
    ['folds', { method: 'sigmoid', folds: 3 }],
  ])('fails for a wrong %s', (option, calibration) => {
    const wrong = { ...request, algorithm: 'logistic-regression', calibration } as unknown as TrainModelRequest;
    expect(() => trainModel(wrong)).toThrow(withCode('training.option_invalid', { option }));
  });
});
