import { normalTwoSided } from '../drift/distributions/normal.ts';
import { normalQuantile } from '../drift/distributions/normal-quantile.ts';
import { aucVariance } from './auc-estimate.ts';
import { checkConfidence } from './check-confidence.ts';
import { covariance, deLong } from './delong.ts';
import { type ConfidenceOptions, DEFAULT_CONFIDENCE, type Estimate } from './estimate.ts';

export interface AucComparison {
  readonly first: number;
  readonly second: number;
  /** second − first, with its interval. A gate of non-inferiority by a margin δ asks whether `lower` > −δ. */
  readonly difference: Estimate;
  readonly z: number;
  /** Two-sided, of no difference. */
  readonly pValue: number;
}

/**
 * DeLong's test of two models on the same rows. That both saw the same rows makes the difference much more certain than the two areas are.
 *
 *     z = (AUC₂ − AUC₁) / √(Var₁ + Var₂ − 2 Cov)
 *
 * @param labels 0 or 1 per row
 * @param scores of both models, per row
 * @returns z 0 and p 1 where the scores rank alike; NaN for fewer than two rows of either class
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`, `training.one_class`, `training.option_invalid`
 *
 * Cost: O(N log N).
 * Source: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837–845.
 */
export function compareAuc(
  labels: ArrayLike<number>,
  scores: { readonly first: ArrayLike<number>; readonly second: ArrayLike<number> },
  { confidence = DEFAULT_CONFIDENCE }: ConfidenceOptions = {},
): AucComparison {
  checkConfidence(confidence);
  const first = deLong(labels, scores.first);
  const second = deLong(labels, scores.second);
  const shared =
    covariance(first.positives, second.positives) / first.positives.length +
    covariance(first.negatives, second.negatives) / first.negatives.length;
  // Rounding may leave −1e-19 for models that rank alike.
  const deviation = Math.sqrt(Math.max(0, aucVariance(first) + aucVariance(second) - 2 * shared));
  const value = second.auc - first.auc;
  const z = value === 0 ? deviation * 0 : value / deviation;
  const half = normalQuantile((1 + confidence) / 2) * deviation;
  return {
    first: first.auc,
    second: second.auc,
    difference: { value, lower: value - half, upper: value + half },
    z,
    pValue: normalTwoSided(z),
  };
}
