import { PlatformError } from '../errors.ts';
import type { MetricOptions } from '../training/metrics/scored-rows.ts';
import { checkLengths } from '../training/metrics/scored-rows.ts';

/** Rows by true and predicted class of two, or sums of their weights. */
export interface Confusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
}

/**
 * @param labels 0 or 1 per row
 * @param predicted 0 or 1 per row
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid` for anything but 0 and 1
 */
export function confusionOf(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { weights }: MetricOptions = {},
): Confusion {
  checkLengths(labels.length, { scores: predicted, weights });
  // By 2 · label + prediction.
  const cells = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const cell = 2 * classAt(labels, row) + classAt(predicted, row);
    cells[cell] = (cells[cell] as number) + (weights?.[row] ?? 1);
  }
  const [trueNegative = 0, falsePositive = 0, falseNegative = 0, truePositive = 0] = cells;
  return { truePositive, falsePositive, falseNegative, trueNegative };
}

function classAt(classes: ArrayLike<number>, row: number): number {
  const value = classes[row] as number;
  if (value === 0 || value === 1) return value;
  throw new PlatformError('training.label_invalid', {
    message: `the class of row ${row} is ${value}; a confusion matrix of two classes takes 0 and 1`,
    details: { row, got: String(value) },
  });
}
