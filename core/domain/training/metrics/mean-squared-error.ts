import { checkLengths, type MetricOptions } from './scored-rows.ts';

/**
 * Mean squared error, in the square of the label's unit.
 *
 *     Σᵢ wᵢ (ŷᵢ − yᵢ)² / Σᵢ wᵢ
 *
 * @returns ≥ 0
 * @throws `training.no_rows`, `training.shape_mismatch`
 */
export function meanSquaredError(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { weights }: MetricOptions = {},
): number {
  checkLengths(labels.length, { scores: predicted, weights });
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const weight = weights?.[row] ?? 1;
    sum += weight * ((predicted[row] as number) - (labels[row] as number)) ** 2;
    total += weight;
  }
  return sum / total;
}
