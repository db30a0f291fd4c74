import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aucEstimate, aucVariance } from '../../../../core/domain/performance/auc-estimate.ts';
import { binaryEstimates } from '../../../../core/domain/performance/binary-estimates.ts';
import { calibrationBins, expectedCalibrationError } from '../../../../core/domain/performance/calibration.ts';
import { compareAuc } from '../../../../core/domain/performance/compare-auc.ts';
import { confusionOf } from '../../../../core/domain/performance/confusion.ts';
import { CONFUSION_METRICS, confusionEstimate } from '../../../../core/domain/performance/confusion-metrics.ts';
import { deLong } from '../../../../core/domain/performance/delong.ts';
import { multiclassAuc } from '../../../../core/domain/performance/multiclass-auc.ts';
import { regressionEstimates } from '../../../../core/domain/performance/regression-estimates.ts';
import { shareEstimate } from '../../../../core/domain/performance/share-estimate.ts';
import { rocAuc } from '../../../../core/domain/training/metrics/roc-auc.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';
import { caught } from '../../../support/caught.ts';
import { VECTORS } from './vectors.ts';

const atHalf = (scores: readonly number[]) => scores.map((score) => (score >= 0.5 ? 1 : 0));
const seeded = (resamples = 20) => ({ random: createRandom(7), resamples });

describe.each(VECTORS.binary.map((vector, index) => ({ index, vector })))(
  'metrics of labelled rows, sample $index',
  ({ vector }) => {
    const rows = { labels: vector.labels, scores: vector.first, predicted: atHalf(vector.first) };

    it('are those of scikit-learn', () => {
      const estimates = binaryEstimates(rows, seeded());
      expect(Object.keys(estimates).sort()).toEqual(Object.keys(vector.metrics).sort());
      for (const [name, expected] of Object.entries(vector.metrics)) {
        expect(estimates[name as keyof typeof estimates]?.value, name).toBeCloseTo(expected, 12);
      }
    });

    it('have intervals that hold the value', () => {
      for (const [name, { value, lower, upper }] of Object.entries(binaryEstimates(rows, seeded(400)))) {
        // A resample of rows is less calibrated than the sample itself: this one is biased upwards.
        if (name === 'expected_calibration_error') continue;
        expect(lower, name).toBeLessThanOrEqual(value);
        expect(upper, name).toBeGreaterThanOrEqual(value);
        expect(upper, name).toBeGreaterThan(lower);
      }
    });

    it('have Wilson’s intervals of SciPy', () => {
      for (const [name, [lower, upper]] of Object.entries(vector.wilson)) {
        const estimate = binaryEstimates(rows, seeded())[name as 'accuracy'];
        expect(estimate?.lower, name).toBeCloseTo(lower, 12);
        expect(estimate?.upper, name).toBeCloseTo(upper, 12);
      }
    });

    it('have DeLong’s variance and interval, computed pair by pair', () => {
      const components = deLong(vector.labels, vector.first);
      expect(aucVariance(components)).toBeCloseTo(vector.delong['variance'] as number, 14);
      const { value, lower, upper } = aucEstimate(components);
      expect(value).toBeCloseTo(vector.delong['first'] as number, 12);
      expect(lower).toBeCloseTo(vector.delong['lower'] as number, 12);
      expect(upper).toBeCloseTo(vector.delong['upper'] as number, 12);
    });

    it('are compared by DeLong’s paired test, either way round', () => {
      const { first, second } = vector;
      const comparison = compareAuc(vector.labels, { first, second });
      for (const name of ['first', 'second', 'z', 'pValue'] as const) {
        expect(comparison[name], name).toBeCloseTo(vector.delong[name] as number, 10);
      }
      const reverse = compareAuc(vector.labels, { first: second, second: first });
      expect(reverse.z).toBeCloseTo(-comparison.z, 12);
      expect(reverse.pValue).toBeCloseTo(comparison.pValue, 12);
      expect(reverse.difference.lower).toBeCloseTo(-comparison.difference.upper, 12);
    });
  },
);

describe('Wilson’s interval', () => {
  it('never closes, stays within 0 and 1, and narrows as rows are added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const successes = Math.round(n * share);
        const { value, lower, upper } = shareEstimate(successes, n) ?? expect.unreachable();
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper).toBeLessThanOrEqual(1);
        expect(lower).toBeLessThanOrEqual(value);
        expect(upper).toBeGreaterThanOrEqual(value);
        const wider = shareEstimate(successes, n, { confidence: 0.99 }) ?? expect.unreachable();
        expect(wider.upper - wider.lower).toBeGreaterThan(upper - lower);
        const tenfold = shareEstimate(10 * successes, 10 * n) ?? expect.unreachable();
        expect(tenfold.upper - tenfold.lower).toBeLessThan(upper - lower);
      }),
    );
  });

  it('is not known for a share of nothing', () => {
    expect(shareEstimate(0, 0)).toBeUndefined();
  });

  it.each([0, 1, -1, Number.NaN])('fails for a confidence of %d', (confidence) => {
    expect(caught(() => shareEstimate(1, 2, { confidence }))).toMatchObject({ code: 'training.option_invalid' });
  });
});

describe('a confusion matrix', () => {
  it('has no precision where nothing was called positive, and no recall where nothing is', () => {
    const cells = confusionOf([0, 0], [0, 0]);
    const known = CONFUSION_METRICS.filter((metric) => confusionEstimate(metric, cells) !== undefined);
    expect(known).toEqual(['accuracy', 'specificity']);
    expect(
      Object.keys(binaryEstimates({ labels: [0, 0], scores: [0.1, 0.2], predicted: [0, 0] }, seeded())).sort(),
    ).toEqual(['accuracy', 'brier_score', 'expected_calibration_error', 'log_loss', 'specificity']);
  });

  it('has an interval for F1 that covers it in about 95 of 100 samples', () => {
    const random = createRandom(11);
    const truth = (2 * 0.3 * 0.7) / (0.3 + (0.3 * 0.7 + 0.7 * 0.1));
    let covered = 0;
    for (let sample = 0; sample < 1_000; sample += 1) {
      const labels = Array.from({ length: 300 }, () => (random.uniform() < 0.3 ? 1 : 0));
      const predicted = labels.map((label) => (random.uniform() < (label === 1 ? 0.7 : 0.1) ? 1 : 0));
      const { lower, upper } = confusionEstimate('f1', confusionOf(labels, predicted)) ?? expect.unreachable();
      if (lower <= truth && truth <= upper) covered += 1;
    }
    expect(covered).toBeGreaterThan(930);
    expect(covered).toBeLessThan(970);
  });

  it.each([
    ['a label', [2, 0], [0, 0]],
    ['a prediction', [0, 1], [0, 0.5]],
  ])('fails for %s that is neither 0 nor 1', (_, labels, predicted) => {
    expect(caught(() => confusionOf(labels, predicted)).code).toBe('training.label_invalid');
  });
});

describe('DeLong', () => {
  it('has the area that rows compared pair by pair have, whatever is tied', () => {
    const row = fc.record({ label: fc.constantFrom(0, 1), score: fc.integer({ min: 0, max: 5 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2 }), (rows) => {
        fc.pre(new Set(rows.map(({ label }) => label)).size === 2);
        const labels = rows.map(({ label }) => label);
        const scores = rows.map(({ score }) => score);
        expect(deLong(labels, scores).auc).toBeCloseTo(rocAuc(labels, scores), 12);
      }),
    );
  });

  it('covers the true area in about 95 of 100 samples', () => {
    const random = createRandom(5);
    // Uniform against the larger of two uniforms: P(max(U, V) > W) = 2/3.
    let covered = 0;
    for (let sample = 0; sample < 500; sample += 1) {
      const labels = Array.from({ length: 120 }, (_, row) => row % 2);
      const scores = labels.map((label) =>
        label === 1 ? Math.max(random.uniform(), random.uniform()) : random.uniform(),
      );
      const { lower, upper } = aucEstimate(deLong(labels, scores));
      if (lower <= 2 / 3 && 2 / 3 <= upper) covered += 1;
    }
    expect(covered).toBeGreaterThan(460);
    expect(covered).toBeLessThan(490);
  });

  it('finds no difference between models that rank alike', () => {
    const labels = [0, 1, 0, 1, 1];
    const first = [0.1, 0.4, 0.5, 0.6, 0.9];
    const comparison = compareAuc(labels, { first, second: first.map((score) => score ** 3) });
    expect(comparison).toMatchObject({ z: 0, pValue: 1, difference: { value: 0 } });
  });

  it('knows no interval for a single row of a class', () => {
    expect(aucEstimate(deLong([1, 0, 0], [0.5, 0.6, 0.1]))).toEqual({
      value: 0.5,
      lower: Number.NaN,
      upper: Number.NaN,
    });
  });

  it('fails for rows of one class', () => {
    expect(caught(() => deLong([1, 1], [0.5, 0.6])).code).toBe('training.one_class');
  });
});

describe('several classes', () => {
  const { targets, probabilities, macro, weighted } = VECTORS.multiclass;

  it('have the areas of scikit-learn', () => {
    expect(multiclassAuc(targets, probabilities, { classes: 4, average: 'macro' })).toBeCloseTo(macro, 12);
    expect(multiclassAuc(targets, probabilities, { classes: 4, average: 'weighted' })).toBeCloseTo(weighted, 12);
  });

  it('leave out a class without rows', () => {
    expect(multiclassAuc([0, 1], [0.8, 0.1, 0.1, 0.3, 0.5, 0.2], { classes: 3, average: 'macro' })).toBe(1);
  });

  it('fail where probabilities are missing', () => {
    expect(caught(() => multiclassAuc([0, 1], [1, 0, 1], { classes: 2, average: 'macro' })).code).toBe(
      'training.shape_mismatch',
    );
  });
});

describe('a regression', () => {
  it('has the metrics of scikit-learn, in intervals', () => {
    const { labels, predicted, metrics } = VECTORS.regression;
    const estimates = regressionEstimates(labels, predicted, seeded(400));
    for (const [name, expected] of Object.entries(metrics)) {
      const { value, lower, upper } = estimates[name as keyof typeof estimates] ?? expect.unreachable(name);
      expect(value, name).toBeCloseTo(expected, 12);
      expect(lower, name).toBeLessThan(value);
      expect(upper, name).toBeGreaterThan(value);
    }
  });

  it('explains nothing where there is nothing to be explained', () => {
    expect(Object.keys(regressionEstimates([2, 2], [1, 3], seeded()))).not.toContain('r2');
  });

  it('fails for lists of different lengths', () => {
    expect(caught(() => regressionEstimates([1, 2], [1], seeded())).code).toBe('training.shape_mismatch');
  });
});

describe('calibration', () => {
  it('counts 1 to the last of ten bins, and an edge to the bin above it', () => {
    const bins = calibrationBins([1, 1, 0, 0], [1, 0.95, 0.1, 0.05]);
    expect(bins.map(({ rows }) => rows)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(bins[9]).toEqual({ rows: 2, predicted: 0.975, observed: 1 });
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.25 * 0.05 + 0.25 * 0.1 + 0.5 * 0.025, 15);
  });
});
