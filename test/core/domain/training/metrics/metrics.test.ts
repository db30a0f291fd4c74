import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracy } from '../../../../../core/domain/training/metrics/accuracy.ts';
import { averagePrecision } from '../../../../../core/domain/training/metrics/average-precision.ts';
import { brierScore } from '../../../../../core/domain/training/metrics/brier-score.ts';
import { classificationMetrics } from '../../../../../core/domain/training/metrics/classification-metrics.ts';
import { logLoss } from '../../../../../core/domain/training/metrics/log-loss.ts';
import { rocAuc } from '../../../../../core/domain/training/metrics/roc-auc.ts';

const withCode = (code: string) => expect.objectContaining({ code });

/** Rows with small integer scores, so that ties are common, and both classes present. */
const scoredRows = fc
  .array(
    fc.record({
      label: fc.integer({ min: 0, max: 1 }),
      score: fc.integer({ min: 0, max: 5 }),
      weight: fc.integer({ min: 1, max: 4 }),
    }),
    {
      minLength: 2,
      maxLength: 30,
    },
  )
  .filter((rows) => new Set(rows.map(({ label }) => label)).size === 2)
  .map((rows) => ({
    labels: rows.map(({ label }) => label),
    scores: rows.map(({ score }) => score),
    weights: rows.map(({ weight }) => weight),
  }));

/** The definition: the weighted share of pairs in the right order, a tie counting half. */
function pairwiseAuc({ labels, scores, weights }: { labels: number[]; scores: number[]; weights: number[] }): number {
  let right = 0;
  let pairs = 0;
  labels.forEach((label, i) => {
    labels.forEach((other, j) => {
      if (label !== 1 || other !== 0) return;
      const weight = weights[i]! * weights[j]!;
      pairs += weight;
      right += weight * (scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0);
    });
  });
  return right / pairs;
}

describe('ROC AUC', () => {
  it('is 1 for a perfect order, 0 for the reverse and 0.5 where all scores are equal', () => {
    expect(rocAuc([0, 0, 1, 1], [1, 2, 3, 4])).toBe(1);
    expect(rocAuc([1, 1, 0, 0], [1, 2, 3, 4])).toBe(0);
    expect(rocAuc([0, 1, 0, 1], [7, 7, 7, 7])).toBe(0.5);
  });

  it('equals the share of pairs in the right order, with ties and weights', () => {
    fc.assert(
      fc.property(scoredRows, (rows) => {
        expect(rocAuc(rows.labels, rows.scores, { weights: rows.weights })).toBeCloseTo(pairwiseAuc(rows), 12);
      }),
    );
  });

  it.each([
    ['training.one_class', [1, 1], [0.1, 0.2]],
    ['training.no_rows', [], []],
    ['training.shape_mismatch', [0, 1], [0.1]],
    ['training.label_invalid', [0, 2], [0.1, 0.2]],
  ] as const)('fails with %s', (code, labels, scores) => {
    expect(() => rocAuc(labels, scores)).toThrow(withCode(code));
  });
});

describe('average precision', () => {
  it('matches the example worked by hand: 0.5 · 1 + 0.5 · 2/3', () => {
    expect(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(0.5 + 0.5 * (2 / 3), 12);
  });

  it('is the prevalence where all scores are equal', () => {
    expect(averagePrecision([0, 0, 0, 1], [1, 1, 1, 1])).toBe(0.25);
  });

  it('counts a row of weight 2 like the row twice', () => {
    fc.assert(
      fc.property(scoredRows, ({ labels, scores, weights }) => {
        const repeat = (values: number[]) => values.flatMap((value, i) => Array<number>(weights[i]!).fill(value));
        expect(averagePrecision(labels, scores, { weights })).toBeCloseTo(
          averagePrecision(repeat(labels), repeat(scores)),
          12,
        );
      }),
    );
  });
});

describe('log loss', () => {
  it('is ln C for a model that knows nothing', () => {
    expect(logLoss([0, 1, 2], new Array(9).fill(1 / 3))).toBeCloseTo(Math.log(3), 12);
  });

  it('stays finite when the true class got the probability 0', () => {
    expect(logLoss([1], [1, 0])).toBeCloseTo(-Math.log(1e-15), 9);
  });

  it('weighs rows', () => {
    expect(logLoss([0, 1], [0.5, 0.5, 0.75, 0.25], { weights: [1, 3] })).toBeCloseTo(
      (Math.LN2 + 3 * Math.log(4)) / 4,
      12,
    );
  });

  it('fails when probabilities do not fill the rows', () => {
    expect(() => logLoss([0, 1], [0.5, 0.5, 1])).toThrow(withCode('training.shape_mismatch'));
  });
});

describe('Brier score and accuracy', () => {
  it('give π(1 − π) for the constant forecast of the prevalence', () => {
    expect(brierScore([0, 0, 0, 1], [0.25, 0.25, 0.25, 0.25])).toBeCloseTo(0.25 * 0.75, 12);
  });

  it('weigh rows', () => {
    expect(accuracy([0, 1], [0, 0], { weights: [1, 3] })).toBe(0.25);
    expect(brierScore([0, 1], [0, 0], { weights: [1, 3] })).toBe(0.75);
  });
});

describe('classification metrics', () => {
  it('leave out the ranking metrics where the labels have one class only', () => {
    const metrics = classificationMetrics([5, 5], Float32Array.of(0.9, 0.1, 0.2, 0.8), { classes: [4, 5] });
    expect(metrics).toMatchObject({ rows: 2, accuracy: 0.5, prevalence: 1 });
    expect(metrics).not.toHaveProperty('roc_auc');
  });

  it('fails on a label that the model does not know', () => {
    expect(() => classificationMetrics([6], Float32Array.of(1, 0), { classes: [4, 5] })).toThrow(
      withCode('training.label_invalid'),
    );
  });
});
