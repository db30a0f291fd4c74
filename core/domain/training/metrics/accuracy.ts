import { checkLengths, type MetricOptions } from './scored-rows.ts';

/**
 * Share of rows whose predicted class is the true one.
 *
 *     Σᵢ wᵢ [ŷᵢ = yᵢ] / Σᵢ wᵢ
 *
 * @returns in [0, 1]
 * @throws `training.no_rows`, `training.shape_mismatch`
 */
export function accuracy(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { weights }: MetricOptions = {},
): number {
  checkLengths(labels.length, { scores: predicted, weights });
  let right = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const weight = weights?.[row] ?? 1;
    if (labels[row] === predicted[row]) right += weight;
    total += weight;
  }
  return right / total;
}
