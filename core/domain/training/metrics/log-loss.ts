import { checkLengths, type MetricOptions } from './scored-rows.ts';

// A float32 probability may be exactly 0; the logarithm of this is −34.5, which is finite and still hurts.
const SMALLEST_PROBABILITY = 1e-15;

/**
 * Logarithmic loss (cross-entropy) in nats.
 *
 *     −Σᵢ wᵢ ln p(classᵢ) / Σᵢ wᵢ
 *
 * @param targets class index per row, 0 … C−1
 * @param probabilities shape `[N, C]`, row after row; clipped to at least 10⁻¹⁵
 * @returns ≥ 0; ln C for a model that knows nothing
 * @throws `training.no_rows`, `training.shape_mismatch`
 */
export function logLoss(
  targets: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { weights }: MetricOptions = {},
): number {
  checkLengths(targets.length, { scores: targets, weights });
  const classCount = Math.max(1, Math.round(probabilities.length / targets.length));
  checkLengths(targets.length * classCount, { scores: probabilities });
  let sum = 0;
  let total = 0;
  for (let row = 0; row < targets.length; row += 1) {
    const probability = probabilities[row * classCount + (targets[row] as number)] as number;
    const weight = weights?.[row] ?? 1;
    sum -= weight * Math.log(Math.max(probability, SMALLEST_PROBABILITY));
    total += weight;
  }
  return sum / total;
}
