import { type BootstrapOptions, bootstrap } from '../performance/bootstrap.ts';
import type { Estimate } from '../performance/estimate.ts';
import type { PredictedColumns } from './bias-columns.ts';
import { checkFacets, facetCounts, total } from './facet-counts.ts';
import { postTrainingMetrics } from './post-training-metrics.ts';
import { preTrainingMetrics } from './pre-training-metrics.ts';

export const PREDICTION_METRICS = ['CI', 'DPPL', 'DI', 'CDDPL'] as const;
export type PredictionMetric = (typeof PREDICTION_METRICS)[number];

/**
 * Those of Clarify's metrics that need no labels, with bootstrap intervals, by customer where rows belong to somebody: how often each facet
 * is given the favourable outcome. What can be said of a window on the day it ends, when labels are weeks away.
 *
 * @returns bounds are NaN where a tenth of the resamples lacks a facet
 * @throws `bias.facet_empty`, `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`, `training.option_invalid`
 *
 * Cost: O(resamples · rows).
 */
export function predictionBias(
  { disadvantaged, predicted, groups }: PredictedColumns,
  options: BootstrapOptions,
): Record<PredictionMetric, Estimate> {
  // The metrics that are kept never look at the labels.
  const rows = { disadvantaged, predicted, groups, labels: predicted };
  checkFacets(facetCounts(rows, new Float64Array(predicted.length).fill(1)));
  return bootstrap(predicted.length, (weights) => metricsOf(rows, weights), options) as Record<
    PredictionMetric,
    Estimate
  >;
}

function metricsOf(
  rows: Parameters<typeof postTrainingMetrics>[0],
  weights: Float64Array,
): Record<PredictionMetric, number> {
  const { a, d } = facetCounts(rows, weights);
  if (total(a) === 0 || total(d) === 0) {
    return { CI: Number.NaN, DPPL: Number.NaN, DI: Number.NaN, CDDPL: Number.NaN };
  }
  const { DPPL, DI, CDDPL } = postTrainingMetrics(rows, weights);
  return { CI: preTrainingMetrics(rows, weights).CI, DPPL, DI, CDDPL };
}
