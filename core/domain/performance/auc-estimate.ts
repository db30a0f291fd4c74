import { normalQuantile } from '../drift/distributions/normal-quantile.ts';
import { checkConfidence } from './check-confidence.ts';
import { covariance, type DeLong } from './delong.ts';
import { type ConfidenceOptions, DEFAULT_CONFIDENCE, type Estimate } from './estimate.ts';

/**
 * Variance of an area under the ROC curve: S₁₀/m + S₀₁/n, with S the sample variances of the structural components.
 *
 * @returns ≥ 0; 0 where the classes are apart; NaN for fewer than two rows of either class
 */
export const aucVariance = ({ positives, negatives }: DeLong): number =>
  covariance(positives, positives) / positives.length + covariance(negatives, negatives) / negatives.length;

/**
 * An area under the ROC curve with DeLong's interval: AUC ± z √variance, cut to [0, 1] (as R's pROC gives it).
 *
 * @returns bounds are NaN for fewer than two rows of either class. Where the classes are apart the interval is the point 1: what such a
 *   sample cannot show, its variance cannot tell
 * @throws `training.option_invalid` for a confidence that is none
 */
export function aucEstimate(components: DeLong, { confidence = DEFAULT_CONFIDENCE }: ConfidenceOptions = {}): Estimate {
  checkConfidence(confidence);
  const half = normalQuantile((1 + confidence) / 2) * Math.sqrt(aucVariance(components));
  const { auc } = components;
  return { value: auc, lower: Math.max(0, auc - half), upper: Math.min(1, auc + half) };
}
