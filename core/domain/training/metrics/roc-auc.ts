import { groupByScore, type MetricOptions } from './scored-rows.ts';

/**
 * Area under the receiver operating characteristic: the probability that a positive row scores above a negative one,
 * a tie counting half.
 *
 *     AUC = Σ_g P_g · (N_below(g) + N_g / 2) / (P · N)
 *
 * over groups g of equal scores, P and N being weights of positive and negative rows. It equals the Mann-Whitney
 * statistic divided by P · N.
 *
 * @param labels 0 or 1 per row
 * @param scores per row, the higher the likelier 1; any monotone transformation gives the same area
 * @returns in [0, 1]; 0.5 where all scores are equal
 * @throws `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`, `training.one_class`
 *
 * Cost: O(n log n).
 * Source: Hanley & McNeil, Radiology 143 (1982) 29–36.
 */
export function rocAuc(labels: ArrayLike<number>, scores: ArrayLike<number>, options: MetricOptions = {}): number {
  let positiveAbove = 0;
  let negativeAbove = 0;
  let concordant = 0;
  for (const { positive, negative } of groupByScore(labels, scores, options)) {
    concordant += negative * (positiveAbove + positive / 2);
    positiveAbove += positive;
    negativeAbove += negative;
  }
  return concordant / (positiveAbove * negativeAbove);
}
