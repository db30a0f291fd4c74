import { describe, expect, it } from 'vitest';
import { binaryEstimates } from '../../../../core/domain/performance/binary-estimates.ts';
import { fitCalibration } from '../../../../core/domain/performance/isotonic-calibration.ts';
import type { LabelledRow, PredictedRow } from '../../../../core/domain/performance/join-labels.ts';
import { type WindowOptions, windowPerformance } from '../../../../core/domain/performance/window-performance.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';

const DAY_MS = 86_400_000;
const END = 10 * DAY_MS;

const anOption = (parts: Partial<WindowOptions> = {}): WindowOptions => ({
  task: { kind: 'binary', positive: 1 },
  random: createRandom(11),
  resamples: 100,
  now: END + 30 * DAY_MS,
  windowEndMs: END,
  labelDelayMs: 14 * DAY_MS,
  ...parts,
});

const predictedRow = (id: number, score: number, parts: Partial<PredictedRow> = {}): PredictedRow => ({
  id: `order-${id}`,
  row: 0,
  atMs: END - DAY_MS,
  version: 1,
  score,
  predicted: score >= 0.5 ? 1 : 0,
  segments: {},
  ...parts,
});
const labelledRow = (row: PredictedRow, label: LabelledRow['label']): LabelledRow => ({
  ...row,
  label,
  labelledAtMs: END + DAY_MS,
});

/** Scores that mean what they say: a row is positive with the probability that its score is. */
function aWindow(rows: number, seed: number, truth = (score: number) => score) {
  const random = createRandom(seed);
  return Array.from({ length: rows }, (_, id) => {
    const score = random.uniform();
    return labelledRow(predictedRow(id, score), random.uniform() < truth(score) ? 1 : 0);
  });
}
const columnsOf = (rows: readonly LabelledRow[]) => ({
  labels: rows.map(({ label }) => Number(label)),
  scores: rows.map(({ score }) => score as number),
});

describe('the performance of a window', () => {
  it('is measured on its labelled rows, and says how many these are', () => {
    const labelled = aWindow(800, 1);
    const unlabelled = [predictedRow(900, 0.3), predictedRow(901, 0.9)];
    const result = windowPerformance({ labelled, unlabelled }, anOption());
    const { labels, scores } = columnsOf(labelled);
    const predicted = scores.map((score) => (score >= 0.5 ? 1 : 0));
    expect(result.measured).toEqual(
      binaryEstimates({ labels, scores, predicted }, { random: createRandom(11), resamples: 100 }),
    );
    expect(result.coverage).toMatchObject({ predictions: 802, labelled: 800, maturity: 'MATURE' });
    expect(result).not.toHaveProperty('estimated');
    expect(result.says).toEqual(['800 of 802 predictions have labels; labels are as complete as they get']);
  });

  it('is estimated on the rows without labels, near to what labels say later', () => {
    const reference = aWindow(4_000, 2);
    const { labels, scores } = columnsOf(reference);
    const recent = columnsOf(aWindow(1_000, 3));
    const truth = aWindow(3_000, 4);
    const options = anOption({ now: END + DAY_MS, estimate: { calibration: fitCalibration(labels, scores), recent } });
    const before = windowPerformance({ labelled: [], unlabelled: truth }, options);
    const after = windowPerformance({ labelled: truth, unlabelled: [] }, anOption());
    expect(before.measured).toEqual({});
    expect(before.estimated?.kind).toBe('estimated');
    if (before.estimated?.kind !== 'estimated') throw new Error('was refused');
    for (const metric of ['accuracy', 'recall', 'roc_auc'] as const) {
      expect(before.estimated.metrics[metric]?.value).toBeCloseTo(after.measured[metric]?.value ?? Number.NaN, 1);
    }
    expect(before.says).toEqual(['0 of 3000 predictions have labels; no labels yet']);
  });

  it('is not estimated where the last labels contradict the calibration, and says why', () => {
    const { labels, scores } = columnsOf(aWindow(4_000, 2));
    const recent = columnsOf(aWindow(1_000, 3, (score) => score / 3));
    const estimate = { calibration: fitCalibration(labels, scores), recent };
    const { estimated, says } = windowPerformance(
      { labelled: [], unlabelled: aWindow(100, 5) },
      anOption({ estimate }),
    );
    expect(estimated).toMatchObject({ kind: 'refused', reason: 'CALIBRATION_OFF' });
    expect(says[1]).toMatch(/^performance before labels is not estimated: of the last 1000 labelled rows/);
  });

  it('watches rare positives once labels are complete, and not before', () => {
    const fraud = Array.from({ length: 1_000 }, (_, id) => labelledRow(predictedRow(id, 0.01), id < 40 ? 1 : 0));
    const watched = (now: number) =>
      windowPerformance(
        { labelled: fraud, unlabelled: Array.from({ length: 500 }, (_, id) => predictedRow(2_000 + id, 0.01)) },
        anOption({ now, expectedRate: 0.01 }),
      );
    expect(watched(END + DAY_MS).positives).toBeUndefined();
    expect(watched(END + DAY_MS).says).toEqual([
      '1000 of 1500 predictions have labels; labels are still coming: what came first may be of one kind',
    ]);
    const complete = watched(END + 15 * DAY_MS);
    expect(complete.positives).toMatchObject({ observed: 40, expected: 10, verdict: 'TOO_MANY' });
    expect(complete.says[1]).toMatch(/^too many positives: 40 of 1000/);
  });

  it('of classes is how often the answer was right, whatever type it came in', () => {
    const rows = [
      labelledRow(predictedRow(1, 0.2, { predicted: 'cat' }), 'cat'),
      labelledRow(predictedRow(2, 0.2, { predicted: 2 }), '2'),
      labelledRow(predictedRow(3, 0.2, { predicted: 'dog' }), 'cat'),
      labelledRow(predictedRow(4, 0.2, { predicted: true }), 1),
    ];
    const { measured } = windowPerformance(
      { labelled: rows, unlabelled: [] },
      anOption({ task: { kind: 'multiclass' } }),
    );
    expect(Object.keys(measured)).toEqual(['accuracy']);
    expect(measured['accuracy']).toMatchObject({ value: 0.75, lower: expect.closeTo(0.3006, 4) });
  });

  it('of two classes without probabilities is the same', () => {
    const rows = [1, 0].map((predicted) => labelledRow(predictedRow(predicted, 0, { predicted, score: undefined }), 1));
    expect(windowPerformance({ labelled: rows, unlabelled: rows }, anOption())).toMatchObject({
      measured: { accuracy: { value: 0.5 } },
      withoutScore: 2,
    });
  });

  it('has wider intervals where rows come in bursts by customer', () => {
    const bursts = Array.from({ length: 500 }, (_, id) => {
      const isRight = Math.floor(id / 25) % 2 === 0;
      const row = predictedRow(id, 0.5, { predicted: 'a', entity: `customer-${Math.floor(id / 25)}` });
      return labelledRow(row, isRight ? 'a' : 'b');
    });
    const alone = bursts.map(({ entity: _, ...row }) => row);
    const width = (labelled: readonly LabelledRow[]) => {
      const { measured } = windowPerformance({ labelled, unlabelled: [] }, anOption({ task: { kind: 'multiclass' } }));
      const { lower, upper } = measured['accuracy'] ?? { lower: 0, upper: 0 };
      return upper - lower;
    };
    expect(width(bursts)).toBeGreaterThan(3 * width(alone));
  });

  it('of quantities takes texts that are numbers, and leaves out and counts what is none', () => {
    const rows = [
      labelledRow(predictedRow(1, 10), '12'),
      labelledRow(predictedRow(2, 0, { score: undefined, predicted: '7' }), 7),
      ...[labelledRow(predictedRow(3, 1), 'much'), labelledRow(predictedRow(4, 1), true)],
      labelledRow(predictedRow(5, Number.POSITIVE_INFINITY), 1),
      labelledRow(predictedRow(6, 1), ' '),
    ];
    const { measured, withoutScore } = windowPerformance(
      { labelled: rows, unlabelled: [] },
      anOption({ task: { kind: 'regression' } }),
    );
    expect(withoutScore).toBe(4);
    expect(measured['mean_absolute_error']?.value).toBe(1);
    expect(measured['bias']?.value).toBe(-1);
  });

  it.each<WindowOptions['task']>([{ kind: 'binary', positive: 1 }, { kind: 'multiclass' }, { kind: 'regression' }])(
    'of nothing is nothing, and says so: %j',
    (task) => {
      const empty = windowPerformance({ labelled: [], unlabelled: [] }, anOption({ task, expectedRate: 0.01 }));
      expect(empty).toEqual({
        coverage: expect.objectContaining({ maturity: 'EMPTY' }),
        measured: {},
        withoutScore: 0,
        says: ['no predictions'],
      });
    },
  );
});
