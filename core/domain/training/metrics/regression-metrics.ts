import { meanSquaredError } from './mean-squared-error.ts';
import type { MetricOptions } from './scored-rows.ts';

/** What a regressor is measured by: `rows` and `root_mean_squared_error`. @throws `training.no_rows`, `training.shape_mismatch` */
export function regressionMetrics(
  labels: ArrayLike<number>,
  predicted: Float32Array,
  options: MetricOptions = {},
): Record<string, number> {
  return {
    rows: labels.length,
    root_mean_squared_error: Math.sqrt(meanSquaredError(labels, predicted, options)),
  };
}
