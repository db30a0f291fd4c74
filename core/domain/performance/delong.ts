import { groupByScore } from '../training/metrics/scored-rows.ts';

/** An area under the ROC curve with what each row contributed to it. */
export interface DeLong {
  readonly auc: number;
  /** Per positive row, in their order: the share of negative rows that it scores above, a tie counting half. */
  readonly positives: Float64Array;
  /** Per negative row: the share of positive rows that score above it. */
  readonly negatives: Float64Array;
}

/**
 * DeLong's structural components of an area under the ROC curve.
 *
 *     V₁₀(i) = (1/n) Σⱼ ψ(xᵢ, yⱼ),  V₀₁(j) = (1/m) Σᵢ ψ(xᵢ, yⱼ),  ψ = 1, ½, 0 for x >, =, < y
 *
 * over m positive scores x and n negative scores y; AUC is the mean of either.
 *
 * @param labels 0 or 1 per row
 * @param scores per row, the higher the likelier 1
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`, `training.one_class`
 *
 * Cost: O(N log N), by groups of equal scores instead of pairs.
 * Source: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988) 837–845; Sun & Xu, IEEE Signal Process. Lett. 21 (2014) 1389–1393 (the order of cost).
 */
export function deLong(labels: ArrayLike<number>, scores: ArrayLike<number>): DeLong {
  const groups = groupByScore(labels, scores, {});
  const m = groups.reduce((sum, { positive }) => sum + positive, 0);
  const n = labels.length - m;
  const shares = new Map<number, { above: number; below: number }>();
  let positiveAbove = 0;
  let negativeAbove = 0;
  for (const { score, positive, negative } of groups) {
    shares.set(score, {
      below: (n - negativeAbove - negative / 2) / n,
      above: (positiveAbove + positive / 2) / m,
    });
    positiveAbove += positive;
    negativeAbove += negative;
  }
  const positives = new Float64Array(m);
  const negatives = new Float64Array(n);
  let auc = 0;
  for (let row = 0, i = 0, j = 0; row < labels.length; row += 1) {
    const { above, below } = shares.get(scores[row] as number) as { above: number; below: number };
    if (labels[row] === 1) {
      positives[i] = below;
      auc += below / m;
      i += 1;
    } else {
      negatives[j] = above;
      j += 1;
    }
  }
  return { auc, positives, negatives };
}

/** Covariance with divisor n − 1, of a list with itself its variance; NaN for fewer than two rows, which tell nothing of it. */
export function covariance(x: Float64Array, y: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  return x.reduce((sum, value, i) => sum + (value - meanX) * ((y[i] as number) - meanY), 0) / (x.length - 1);
}
