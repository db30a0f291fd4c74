import { PlatformError } from '../errors.ts';
import { rocAuc } from '../training/metrics/roc-auc.ts';
import type { MetricOptions } from '../training/metrics/scored-rows.ts';

/**
 * Area under the ROC curve for several classes: each against the rest, averaged.
 *
 * @param targets class index per row, 0 … C−1
 * @param probabilities shape `[N, C]`, row after row
 * @param options.average `macro`: every class counts alike; `weighted`: by its share of the rows
 * @returns in [0, 1]. Classes without a row are left out: they have no area
 * @throws `training.no_rows`, `training.shape_mismatch`, and `training.one_class` for rows of one class only
 *
 * Cost: O(C · N log N).
 * Source: Provost & Domingos, CeDER working paper IS-00-04 (2000) (weighted); scikit-learn's `roc_auc_score(multi_class="ovr")`.
 */
export function multiclassAuc(
  targets: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { classes, average, weights }: MetricOptions & { classes: number; average: 'macro' | 'weighted' },
): number {
  if (probabilities.length !== targets.length * classes) {
    throw new PlatformError('training.shape_mismatch', {
      message: `there are ${probabilities.length} probabilities for ${targets.length} rows of ${classes} classes; give ${targets.length * classes}`,
      details: { what: 'probabilities', got: probabilities.length, expected: targets.length * classes },
    });
  }
  let sum = 0;
  let total = 0;
  for (let index = 0; index < classes; index += 1) {
    const isClass = Array.from(targets, (target) => (target === index ? 1 : 0));
    const weight = isClass.reduce((found: number, is, row) => found + is * (weights?.[row] ?? 1), 0);
    if (weight === 0) continue;
    const scores = isClass.map((_, row) => probabilities[row * classes + index] as number);
    const share = average === 'macro' ? 1 : weight;
    sum += share * rocAuc(isClass, scores, { weights });
    total += share;
  }
  return sum / total;
}
