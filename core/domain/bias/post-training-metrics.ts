import type { Confusion } from '../performance/confusion.ts';
import { demographicDisparity } from './demographic-disparity.ts';
import { divide, subtract } from './divide.ts';
import { type BiasRows, checkFacets, facetCounts, favourable, predictedFavourable, total } from './facet-counts.ts';
import { generalizedEntropy } from './generalized-entropy.ts';

export const POST_TRAINING_METRICS = [
  'DPPL',
  'DI',
  'DCAcc',
  'DCR',
  'RD',
  'SD',
  'DAR',
  'DRR',
  'AD',
  'TE',
  'CDDPL',
  'GE',
] as const;
export type PostTrainingMetric = (typeof POST_TRAINING_METRICS)[number];

type Rate = (cells: Confusion) => number;

const acceptance: Rate = (cells) => divide(predictedFavourable(cells), total(cells));
const conditionalAcceptance: Rate = (cells) => divide(favourable(cells), predictedFavourable(cells));
const conditionalRejection: Rate = (cells) =>
  divide(total(cells) - favourable(cells), total(cells) - predictedFavourable(cells));
const recall: Rate = (cells) => divide(cells.truePositive, favourable(cells));
const specificity: Rate = (cells) => divide(cells.trueNegative, total(cells) - favourable(cells));
const precision: Rate = (cells) => divide(cells.truePositive, predictedFavourable(cells));
const negativePrecision: Rate = (cells) => divide(cells.trueNegative, total(cells) - predictedFavourable(cells));
const accuracy: Rate = (cells) => divide(cells.truePositive + cells.trueNegative, total(cells));
const treatment: Rate = (cells) => divide(cells.falseNegative, cells.falsePositive);

/**
 * Clarify's bias metrics of predictions, n the rows of a facet, n⁽¹⁾ its favourable labels, n̂⁽¹⁾ its favourable predictions:
 *
 *     DPPL  = q̂_a − q̂_d                       DI  = q̂_d / q̂_a, q̂ = n̂⁽¹⁾/n
 *     DCAcc = c_a − c_d, c = n⁽¹⁾/n̂⁽¹⁾         DCR = r_d − r_a, r = n⁽⁰⁾/n̂⁽⁰⁾
 *     RD    = recall_a − recall_d             SD  = specificity_d − specificity_a
 *     DAR   = precision_a − precision_d       DRR = TN_d/n̂_d⁽⁰⁾ − TN_a/n̂_a⁽⁰⁾
 *     AD    = accuracy_a − accuracy_d         TE  = FN_d/FP_d − FN_a/FP_a
 *
 * and CDDPL (see `demographicDisparity`), GE (see `generalizedEntropy`, of all rows together). The flip test is `flipTest`: it needs the
 * features.
 *
 * @returns DI is 1 without bias, every other one 0; a positive difference is against d
 * @throws `bias.facet_empty`, and what `facetCounts` throws
 *
 * Source: AWS, docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-post-training-bias.html and the page of each metric below it.
 */
export function postTrainingMetrics(rows: BiasRows, weights: ArrayLike<number>): Record<PostTrainingMetric, number> {
  const facets = facetCounts(rows, weights);
  checkFacets(facets);
  const { a, d } = facets;
  const aLessD = (rate: Rate): number => subtract(rate(a), rate(d));
  const dLessA = (rate: Rate): number => subtract(rate(d), rate(a));
  return {
    DPPL: aLessD(acceptance),
    DI: divide(acceptance(d), acceptance(a)),
    DCAcc: aLessD(conditionalAcceptance),
    DCR: dLessA(conditionalRejection),
    RD: aLessD(recall),
    SD: dLessA(specificity),
    DAR: aLessD(precision),
    DRR: dLessA(negativePrecision),
    AD: aLessD(accuracy),
    TE: dLessA(treatment),
    CDDPL: demographicDisparity(rows.predicted, rows.disadvantaged, { weights, groups: rows.groups }),
    GE: generalizedEntropy(rows.labels, rows.predicted, { weights }),
  };
}
