import { PlatformError } from '../../errors.ts';
import { predictedClasses } from '../predicted-classes.ts';
import { accuracy } from './accuracy.ts';
import { averagePrecision } from './average-precision.ts';
import { brierScore } from './brier-score.ts';
import { logLoss } from './log-loss.ts';
import { rocAuc } from './roc-auc.ts';
import type { MetricOptions } from './scored-rows.ts';

/**
 * What a classifier is measured by: `rows`, `accuracy`, `log_loss`, and for two classes `roc_auc`, `average_precision`,
 * `brier_score` and `prevalence` (the weighted share of the second class). The two that rank, `roc_auc`
 * and `average_precision`, are left out where all labels are one class: they are not defined there.
 *
 * @param labels per row, each one of `classes`
 * @param probabilities shape `[N, C]`, row after row
 * @throws `training.label_invalid` for a label that the model does not know
 * @throws `training.no_rows`, `training.shape_mismatch`
 */
export function classificationMetrics(
  labels: ArrayLike<number>,
  probabilities: Float32Array,
  { classes, weights }: MetricOptions & { classes: readonly number[] },
): Record<string, number> {
  const targets = Array.from(labels, (label, row) => classIndex(label, { row, classes }));
  const metrics = {
    rows: labels.length,
    accuracy: accuracy(labels, predictedClasses(probabilities, classes), { weights }),
    log_loss: logLoss(targets, probabilities, { weights }),
  };
  if (classes.length !== 2) return metrics;
  const positive = probabilities.filter((_, index) => index % 2 === 1);
  return { ...metrics, ...binaryMetrics(targets, positive, { weights }) };
}

function binaryMetrics(targets: number[], positive: Float32Array, options: MetricOptions): Record<string, number> {
  const prevalence = accuracy(targets, new Uint8Array(targets.length).fill(1), options);
  const single = { brier_score: brierScore(targets, positive, options), prevalence };
  if (prevalence === 0 || prevalence === 1) return single;
  return {
    ...single,
    roc_auc: rocAuc(targets, positive, options),
    average_precision: averagePrecision(targets, positive, options),
  };
}

function classIndex(label: number, { row, classes }: { row: number; classes: readonly number[] }): number {
  const index = classes.indexOf(label);
  if (index >= 0) return index;
  throw new PlatformError('training.label_invalid', {
    message: `the label of row ${row} is ${label}; the model knows ${classes.join(', ')}`,
    details: { row, got: String(label) },
  });
}
