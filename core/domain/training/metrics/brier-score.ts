import { checkLengths, type MetricOptions } from './scored-rows.ts';

/**
 * Brier score: the mean squared error of the probability of class 1.
 *
 *     Σᵢ wᵢ (pᵢ − yᵢ)² / Σᵢ wᵢ
 *
 * @param labels 0 or 1 per row
 * @param probabilities of class 1, per row
 * @returns in [0, 1]; π(1 − π) for the constant forecast of the prevalence π
 * @throws `training.no_rows`, `training.shape_mismatch`
 *
 * Source: Brier, Monthly Weather Review 78 (1950) 1–3 (the two-class form, half of his sum over both classes).
 */
export function brierScore(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { weights }: MetricOptions = {},
): number {
  checkLengths(labels.length, { scores: probabilities, weights });
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const weight = weights?.[row] ?? 1;
    sum += weight * ((probabilities[row] as number) - (labels[row] as number)) ** 2;
    total += weight;
  }
  return sum / total;
}
