import { groupByScore, type MetricOptions } from './scored-rows.ts';

/**
 * Average precision: the area under the precision-recall steps, without interpolation.
 *
 *     AP = Σ_g (R_g − R_{g−1}) · P_g
 *
 * where P_g and R_g are precision and recall when the rows that score at least as high as group g are called positive.
 *
 * @param labels 0 or 1 per row
 * @param scores per row, the higher the likelier 1
 * @returns in (0, 1]; the share of positive rows where all scores are equal
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`, `training.one_class`
 *
 * Cost: O(n log n).
 * Source: Davis & Goadrich, ICML 2006 (why not to interpolate linearly).
 */
export function averagePrecision(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: MetricOptions = {},
): number {
  let found = 0;
  let called = 0;
  let area = 0;
  for (const { positive, negative } of groupByScore(labels, scores, options)) {
    found += positive;
    called += positive + negative;
    if (called > 0) area += positive * (found / called);
  }
  return area / found;
}
