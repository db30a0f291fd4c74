import { averagePrecision } from '../training/metrics/average-precision.ts';
import { brierScore } from '../training/metrics/brier-score.ts';
import { rocAuc } from '../training/metrics/roc-auc.ts';
import { aucEstimate } from './auc-estimate.ts';
import { type BootstrapOptions, bootstrap } from './bootstrap.ts';
import { calibrationBins, expectedCalibrationError } from './calibration.ts';
import { confusionOf } from './confusion.ts';
import { CONFUSION_METRICS, type ConfusionMetric, confusionEstimate, confusionMetric } from './confusion-metrics.ts';
import { deLong } from './delong.ts';
import type { Estimate } from './estimate.ts';

/** A window's labelled rows, column by column. */
export interface BinaryRows {
  /** 0 or 1. */
  readonly labels: ArrayLike<number>;
  /** Probability of 1. */
  readonly scores: ArrayLike<number>;
  /** 0 or 1. */
  readonly predicted: ArrayLike<number>;
}

const RANKING_METRICS = ['roc_auc', 'average_precision'] as const;
const PROBABILITY_METRICS = ['log_loss', 'brier_score', 'expected_calibration_error'] as const;
export type BinaryMetric = ConfusionMetric | (typeof RANKING_METRICS)[number] | (typeof PROBABILITY_METRICS)[number];

/** A float32 probability may be exactly 0, whose logarithm is infinite; as the trainer's `logLoss` clips it. */
const SMALLEST_PROBABILITY = 1e-15;

/**
 * What a classifier of two classes is measured by on labelled rows, each with its interval: Wilson's for shares, DeLong's for the area under
 * the ROC curve, the bootstrap's for the rest; and the bootstrap's by cluster for all where rows belong to customers, for then neither formula
 * holds.
 *
 * @returns without what the rows do not define: the ranking metrics where all labels are one class, a share of nothing
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`, `training.option_invalid`
 *
 * Cost: O(resamples · N log N).
 */
export function binaryEstimates(rows: BinaryRows, options: BootstrapOptions): Partial<Record<BinaryMetric, Estimate>> {
  const { labels, scores, predicted } = rows;
  const estimates = bootstrap(labels.length, (weights) => metricsOf(rows, weights), options);
  if (options.clusters !== undefined) return estimates;
  const cells = confusionOf(labels, predicted);
  const shares = CONFUSION_METRICS.flatMap((metric) => {
    const estimate = confusionEstimate(metric, cells, options);
    return estimate === undefined ? [] : [[metric, estimate] as const];
  });
  return {
    ...estimates,
    ...Object.fromEntries(shares),
    ...(estimates.roc_auc && { roc_auc: aucEstimate(deLong(labels, scores), options) }),
  };
}

function metricsOf({ labels, scores, predicted }: BinaryRows, weights: Float64Array): Record<BinaryMetric, number> {
  const cells = confusionOf(labels, predicted, { weights });
  const shares = Object.fromEntries(CONFUSION_METRICS.map((metric) => [metric, confusionMetric(metric, cells)]));
  const ranks = cells.truePositive + cells.falseNegative > 0 && cells.trueNegative + cells.falsePositive > 0;
  return {
    ...(shares as Record<ConfusionMetric, number>),
    roc_auc: ranks ? rocAuc(labels, scores, { weights }) : Number.NaN,
    average_precision: ranks ? averagePrecision(labels, scores, { weights }) : Number.NaN,
    log_loss: binaryLogLoss(labels, scores, weights),
    brier_score: brierScore(labels, scores, { weights }),
    expected_calibration_error: expectedCalibrationError(calibrationBins(labels, scores, { weights })),
  };
}

/** The trainer's `logLoss` of the two columns 1 − p and p, without making them. */
function binaryLogLoss(labels: ArrayLike<number>, scores: ArrayLike<number>, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const score = scores[row] as number;
    const probability = labels[row] === 1 ? score : 1 - score;
    sum -= (weights[row] as number) * Math.log(Math.max(probability, SMALLEST_PROBABILITY));
    total += weights[row] as number;
  }
  return sum / total;
}
