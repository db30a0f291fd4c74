import { type BootstrapOptions, bootstrap } from '../performance/bootstrap.ts';
import type { Estimate } from '../performance/estimate.ts';
import { type BiasRows, checkFacets, facetCounts, total } from './facet-counts.ts';
import { passesFourFifths } from './four-fifths-rule.ts';
import { type PostTrainingMetric, postTrainingMetrics } from './post-training-metrics.ts';
import { type PreTrainingMetric, preTrainingMetrics } from './pre-training-metrics.ts';

export type BiasMetric = PreTrainingMetric | PostTrainingMetric;

export interface BiasReport {
  readonly rows: { readonly advantaged: number; readonly disadvantaged: number };
  readonly metrics: Readonly<Record<BiasMetric, Estimate>>;
  /** What DI says by the four-fifths rule, and whether its whole interval agrees: else the sample is too small to tell. */
  readonly fourFifths: { readonly passes: boolean; readonly isCertain: boolean };
}

/**
 * Clarify's metrics of one sensitive field with bootstrap intervals, by customer where rows belong to somebody.
 *
 * @returns bounds are NaN where a tenth of the resamples lacks a facet
 * @throws `bias.facet_empty`, `training.no_rows`, `training.shape_mismatch`, `training.label_invalid`, `training.option_invalid`
 *
 * Cost: O(resamples · rows).
 */
export function biasReport(rows: BiasRows, options: BootstrapOptions): BiasReport {
  const all = facetCounts(rows, onesFor(rows));
  checkFacets(all);
  const metrics = bootstrap(rows.labels.length, (weights) => metricsOf(rows, weights), options) as Record<
    BiasMetric,
    Estimate
  >;
  const { value, lower, upper } = metrics.DI;
  const passes = passesFourFifths(value);
  const isCertain = passes ? passesFourFifths(lower) && passesFourFifths(upper) : upper < 0.8 || lower > 1.25;
  return {
    rows: { advantaged: total(all.a), disadvantaged: total(all.d) },
    metrics,
    fourFifths: { passes, isCertain },
  };
}

/**
 * The metrics without their intervals.
 *
 * @throws as `biasReport`
 *
 * Cost: O(rows).
 */
export function biasMetrics(rows: BiasRows): Record<BiasMetric, number> {
  const weights = onesFor(rows);
  checkFacets(facetCounts(rows, weights));
  return metricsOf(rows, weights);
}

const onesFor = ({ labels }: BiasRows): Float64Array => new Float64Array(labels.length).fill(1);

/** All undefined where a resample happens to lack a facet. */
function metricsOf(rows: BiasRows, weights: Float64Array): Record<BiasMetric, number> {
  const { a, d } = facetCounts(rows, weights);
  const one = total(a) > 0 && total(d) > 0 ? weights : new Float64Array(weights.length).fill(1);
  const metrics = { ...preTrainingMetrics(rows, one), ...postTrainingMetrics(rows, one) };
  if (one === weights) return metrics;
  return Object.fromEntries(Object.keys(metrics).map((name) => [name, Number.NaN])) as Record<BiasMetric, number>;
}
