import { demographicDisparity } from './demographic-disparity.ts';
import { divide } from './divide.ts';
import { type BiasRows, checkFacets, type FacetCounts, facetCounts, favourable, total } from './facet-counts.ts';
import { labelDistances } from './label-distributions.ts';

export const PRE_TRAINING_METRICS = ['CI', 'DPL', 'KL', 'JS', 'LP', 'TVD', 'KS', 'CDDL'] as const;
export type PreTrainingMetric = (typeof PRE_TRAINING_METRICS)[number];

/**
 * Clarify's bias metrics of data: what the labels say of two facets, whatever a model makes of it.
 *
 *     CI = (n_a − n_d)/(n_a + n_d)     DPL = q_a − q_d, q the share of favourable labels
 *
 * and KL, JS, LP, TVD, KS (see `labelDistances`), CDDL (see `demographicDisparity`).
 *
 * @returns 0 is no bias in each; for CI, DPL and CDDL a positive number is against d
 * @throws `bias.facet_empty`, and what `facetCounts` throws
 *
 * Source: AWS, docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html.
 */
export function preTrainingMetrics(rows: BiasRows, weights: ArrayLike<number>): Record<PreTrainingMetric, number> {
  const facets: FacetCounts = facetCounts(rows, weights);
  checkFacets(facets);
  const { a, d } = facets;
  const distribution = (cells: FacetCounts['a']) => [total(cells) - favourable(cells), favourable(cells)];
  return {
    CI: (total(a) - total(d)) / (total(a) + total(d)),
    DPL: divide(favourable(a), total(a)) - divide(favourable(d), total(d)),
    ...labelDistances({ a: distribution(a), d: distribution(d) }),
    CDDL: demographicDisparity(rows.labels, rows.disadvantaged, { weights, groups: rows.groups }),
  };
}
