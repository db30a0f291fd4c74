import { describe, expect, it } from 'vitest';
import { binaryEstimates } from '../../../../core/domain/performance/binary-estimates.ts';
import { checkCalibration } from '../../../../core/domain/performance/check-calibration.ts';
import { type EstimateOptions, estimatePerformance } from '../../../../core/domain/performance/estimate-performance.ts';
import { calibrate, fitCalibration } from '../../../../core/domain/performance/isotonic-calibration.ts';
import { createRandom, type Random } from '../../../../core/domain/training/random.ts';
import { VECTORS } from './vectors.ts';

describe('isotonic calibration', () => {
  it.each(VECTORS.isotonic)(
    'is that of scikit-learn, between points and beyond them',
    ({ labels, scores, at, probabilities }) => {
      const calibration = fitCalibration(labels, scores);
      at.forEach((score, index) => {
        expect(calibrate(calibration, score), `at ${score}`).toBeCloseTo(probabilities[index] as number, 12);
      });
    },
  );

  it('is stored as few points: where it turns', () => {
    const { scores, probabilities } = fitCalibration([0, 0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6, 7]);
    expect({ scores, probabilities }).toEqual({ scores: [1, 4, 5, 7], probabilities: [0, 0, 1, 1] });
  });

  it('takes a single score', () => {
    expect(calibrate(fitCalibration([0, 1, 1, 1], [0.3, 0.3, 0.3, 0.3]), 0.9)).toBe(0.75);
  });
});

/** Scores that are squared probabilities: badly calibrated, and put right by a rising function. */
function population(random: Random, rows: number, { odds = 1 }: { odds?: number } = {}) {
  const truth = Array.from({ length: rows }, () => random.uniform() ** 2);
  const scores = truth.map((p) => p ** 2);
  const labels = truth.map((p) => (random.uniform() < (odds * p) / (1 - p + odds * p) ? 1 : 0));
  return { labels, scores, predicted: scores.map((score) => (score > 0.25 ? 1 : 0)) };
}

function openEstimate(parts: Partial<EstimateOptions> = {}) {
  const random = createRandom(3);
  const reference = population(random, 20_000);
  const calibration = fitCalibration(reference.labels, reference.scores);
  return { random, options: { calibration, recent: population(random, 2_000), random, ...parts } };
}

describe('performance before labels', () => {
  it('is what CBPE’s definition gives row by row', () => {
    const { labels, scores, predicted, confusion, metrics, ...rest } = VECTORS.estimated;
    const estimate = estimatePerformance(
      { scores: rest.new, predicted },
      { calibration: fitCalibration(labels, scores), recent: { labels, scores }, random: createRandom(1) },
    );
    if (estimate.kind !== 'estimated') return expect.unreachable(estimate.why);
    for (const [cell, expected] of Object.entries(confusion)) {
      expect(estimate.confusion[cell as keyof typeof estimate.confusion], cell).toBeCloseTo(expected, 9);
    }
    for (const [name, expected] of Object.entries(metrics)) {
      const { value, lower, upper } = estimate.metrics[name as 'f1'] ?? expect.unreachable(name);
      expect(value, name).toBeCloseTo(expected, 9);
      expect(lower, name).toBeLessThan(value);
      expect(upper, name).toBeGreaterThan(value);
    }
  });

  it('has intervals that hold what the labels then say in about 95 of 100 windows', () => {
    const { random, options } = openEstimate();
    const covered = { accuracy: 0, f1: 0, roc_auc: 0 };
    for (let window = 0; window < 100; window += 1) {
      const rows = population(random, 500);
      const estimate = estimatePerformance(rows, options);
      if (estimate.kind !== 'estimated') return expect.unreachable(estimate.why);
      const realised = binaryEstimates(rows, { random, resamples: 20 });
      for (const name of ['accuracy', 'f1', 'roc_auc'] as const) {
        const { lower, upper } = estimate.metrics[name] ?? expect.unreachable(name);
        const value = realised[name]?.value ?? Number.NaN;
        if (lower <= value && value <= upper) covered[name] += 1;
      }
    }
    for (const [name, count] of Object.entries(covered)) {
      expect(count, name).toBeGreaterThanOrEqual(87);
    }
  });

  it('fails as refused where scores have come to mean something else', () => {
    const { options } = openEstimate();
    const recent = population(createRandom(9), 2_000, { odds: 3 });
    const refused = estimatePerformance(recent, { ...options, recent });
    expect(refused).toMatchObject({ kind: 'refused', reason: 'CALIBRATION_OFF', check: { holds: false, rows: 2_000 } });
    if (refused.kind === 'refused') expect(refused.why).toContain('what scores mean has changed');
  });

  it('fails as refused where too few labels are there to contradict', () => {
    const { random, options } = openEstimate();
    expect(estimatePerformance(population(random, 100), { ...options, recent: population(random, 199) })).toMatchObject(
      {
        kind: 'refused',
        reason: 'TOO_FEW_LABELS',
      },
    );
  });

  it('leaves out what has no meaning: precision where nothing is called positive', () => {
    const { random, options } = openEstimate();
    const rows = { ...population(random, 100), predicted: new Uint8Array(100) };
    const estimate = estimatePerformance(rows, options);
    expect(estimate.kind === 'estimated' && Object.keys(estimate.metrics).sort()).toEqual([
      'accuracy',
      'f1',
      'recall',
      'roc_auc',
      'specificity',
    ]);
  });
});

describe('the check of a calibration', () => {
  it('holds for at most two of a hundred calibrated samples less, at its level of 1 %', () => {
    const random = createRandom(21);
    let off = 0;
    let significant = 0;
    for (let sample = 0; sample < 400; sample += 1) {
      const probabilities = Array.from({ length: 400 }, () => random.uniform() ** 3);
      const labels = probabilities.map((p) => (random.uniform() < p ? 1 : 0));
      const { holds, pValue } = checkCalibration(labels, probabilities);
      if (!holds) off += 1;
      if (pValue < 0.05) significant += 1;
    }
    expect(off).toBeLessThanOrEqual(8);
    expect(significant).toBeGreaterThan(8);
    expect(significant).toBeLessThan(36);
  });

  it('forgives a deviation that is significant and does not matter, and one that is large and insignificant', () => {
    const many = checkCalibration(
      Array.from({ length: 100_000 }, (_, i) => (i % 100 < 51 ? 1 : 0)),
      new Array(100_000).fill(0.5),
    );
    expect(many.pValue).toBeLessThan(0.01);
    expect(many.holds).toBe(true);
    const few = checkCalibration([1, 1, 1, 0], [0.5, 0.5, 0.5, 0.5]);
    expect(few.expectedCalibrationError).toBe(0.25);
    expect(few.holds).toBe(true);
  });

  it('sees rare positives come thrice as often, which hardly shows as a calibration error', () => {
    const check = checkCalibration(
      Array.from({ length: 3_000 }, (_, i) => (i % 100 < 3 ? 1 : 0)),
      new Array(3_000).fill(0.01),
    );
    expect(check.expectedCalibrationError).toBeCloseTo(0.02, 12);
    expect(check.holds).toBe(false);
  });

  it('takes a promise of certainty at its word', () => {
    const sure = (labels: number[]) =>
      checkCalibration(
        labels,
        labels.map((_, i) => (i < 50 ? 0 : 1)),
      );
    const right = Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1));
    expect(sure(right)).toMatchObject({ pValue: 1, holds: true });
    expect(sure(right.map((label, i) => (i < 20 ? 1 : label)))).toMatchObject({ pValue: 0, holds: false });
  });
});
