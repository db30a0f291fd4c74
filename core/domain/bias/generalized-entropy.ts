import { PlatformError } from '../errors.ts';
import { divide } from './divide.ts';

/**
 * Generalized entropy of the benefit b = ŷ − y + 1 that the model gives each row: 0 for a false negative, 1 where it is right, 2 for a false
 * positive.
 *
 *     GE = Σ [(bᵢ/b̄)^α − 1] / (N α (α − 1))
 *
 * @param options.alpha any number but 0 and 1 @default 2, half the squared coefficient of variation
 * @returns ≥ 0; 0 where all get alike. 0 by convention where nobody gets anything (0/0)
 * @throws `training.option_invalid` for an alpha of 0 or 1, for which the formula is another
 *
 * Source: Speicher et al., KDD 2018; AWS, docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-ge.html.
 */
export function generalizedEntropy(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { weights, alpha = 2 }: { weights: ArrayLike<number>; alpha?: number },
): number {
  if (alpha === 0 || alpha === 1) {
    throw new PlatformError('training.option_invalid', {
      message: `alpha is ${alpha}; allowed is any number but 0 and 1`,
      details: { option: 'alpha', got: String(alpha), allowed: 'any number but 0 and 1' },
    });
  }
  // Rows by benefit: three numbers say all.
  const counts: [number, number, number] = [0, 0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    counts[((predicted[row] as number) - (labels[row] as number) + 1) as 0 | 1 | 2] += weights[row] as number;
  }
  const rows = counts[0] + counts[1] + counts[2];
  const mean = divide(counts[1] + 2 * counts[2], rows);
  if (mean === 0) return 0;
  const sum = counts.reduce((partial, count, benefit) => partial + count * ((benefit / mean) ** alpha - 1), 0);
  return sum / (rows * alpha * (alpha - 1));
}
