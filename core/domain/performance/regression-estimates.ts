import { checkLengths } from '../training/metrics/scored-rows.ts';
import { type BootstrapOptions, bootstrap } from './bootstrap.ts';
import type { Estimate } from './estimate.ts';

export const REGRESSION_METRICS = ['mean_absolute_error', 'root_mean_squared_error', 'r2', 'bias'] as const;
export type RegressionMetric = (typeof REGRESSION_METRICS)[number];

/**
 * What a regressor is measured by.
 *
 *     MAE = mean |ŷ − y|,  RMSE = √mean (ŷ − y)²,  R² = 1 − Σ(ŷ − y)²/Σ(y − ȳ)²,  bias = mean (ŷ − y)
 *
 * @param weights per row
 * @returns R² is NaN where all labels are equal: nothing is there to be explained
 */
export function regressionMetricsOf(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights: ArrayLike<number>,
): Record<RegressionMetric, number> {
  const sums = { weight: 0, absolute: 0, square: 0, error: 0, label: 0 };
  for (let row = 0; row < labels.length; row += 1) {
    const weight = weights[row] as number;
    const error = (predicted[row] as number) - (labels[row] as number);
    sums.weight += weight;
    sums.absolute += weight * Math.abs(error);
    sums.square += weight * error * error;
    sums.error += weight * error;
    sums.label += weight * (labels[row] as number);
  }
  const mean = sums.label / sums.weight;
  let spread = 0;
  for (let row = 0; row < labels.length; row += 1)
    spread += (weights[row] as number) * ((labels[row] as number) - mean) ** 2;
  return {
    mean_absolute_error: sums.absolute / sums.weight,
    root_mean_squared_error: Math.sqrt(sums.square / sums.weight),
    r2: spread === 0 ? Number.NaN : 1 - sums.square / spread,
    bias: sums.error / sums.weight,
  };
}

/** The same with bootstrap intervals. @throws `training.no_rows`, `training.shape_mismatch`, `training.option_invalid` */
export function regressionEstimates(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: BootstrapOptions,
): Partial<Record<RegressionMetric, Estimate>> {
  checkLengths(labels.length, { scores: predicted });
  return bootstrap(labels.length, (weights) => regressionMetricsOf(labels, predicted, weights), options);
}
