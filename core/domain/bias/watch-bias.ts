import { PlatformError } from '../errors.ts';
import type { Estimate } from '../performance/estimate.ts';
import type { BiasMetric } from './bias-report.ts';

/** Between which values a metric is meant to stay, both included. */
export interface AllowedRange {
  readonly least: number;
  readonly most: number;
}

/**
 * What is allowed where nothing else is said: the four-fifths rule, and a tenth for differences of shares. Metrics without a natural scale, or which
 * describe the rows rather than what is done to people, are watched where somebody says what is allowed.
 */
export const ALLOWED: Readonly<Partial<Record<BiasMetric, AllowedRange>>> = {
  DI: { least: 0.8, most: 1.25 },
  ...Object.fromEntries(
    (['DPL', 'DPPL', 'RD', 'SD', 'DAR', 'DRR', 'AD', 'CDDL', 'CDDPL'] as const).map((metric) => [
      metric,
      { least: -0.1, most: 0.1 },
    ]),
  ),
};

export interface BiasVerdict {
  readonly metric: BiasMetric;
  readonly estimate: Estimate;
  readonly allowed: AllowedRange;
  /**
   * `WITHIN` the range. `BIASED`: the whole interval lies outside. `UNCERTAIN`: the value lies outside and its interval does not: too few
   * rows to tell. `INSUFFICIENT_DATA`: there is no interval.
   */
  readonly state: 'WITHIN' | 'UNCERTAIN' | 'BIASED' | 'INSUFFICIENT_DATA';
  /** In a sentence. */
  readonly says: string;
}

/**
 * Whether a bias metric has left its range by more than chance: Clarify's rule, that the interval and the range have no value in common.
 *
 * @throws `training.option_invalid` for a range that ends before it begins
 *
 * Source: AWS, docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-bias-drift.html (with the interval of the percentile
 * bootstrap where Clarify takes the normal one: DI is skew).
 */
export function watchBias(metric: BiasMetric, estimate: Estimate, allowed: AllowedRange): BiasVerdict {
  checkRange(metric, allowed);
  const state = stateOf(estimate, allowed);
  const { value, lower, upper } = estimate;
  const range = `${show(allowed.least)} to ${show(allowed.most)} is allowed`;
  const interval = Number.isNaN(lower) ? 'too few rows for an interval' : `interval ${show(lower)} to ${show(upper)}`;
  return {
    metric,
    estimate,
    allowed,
    state,
    says: `${metric} is ${show(value)} (${interval}), ${range}: ${SAYS[state]}`,
  };
}

const SAYS = {
  WITHIN: 'within it',
  UNCERTAIN: 'outside, but so few rows can differ by that much by chance',
  BIASED: 'outside by more than chance',
  INSUFFICIENT_DATA: 'nothing can be said',
} as const;

function stateOf({ value, lower, upper }: Estimate, { least, most }: AllowedRange): BiasVerdict['state'] {
  if ([value, lower, upper].some(Number.isNaN)) return 'INSUFFICIENT_DATA';
  if (value >= least && value <= most) return 'WITHIN';
  return upper < least || lower > most ? 'BIASED' : 'UNCERTAIN';
}

const show = (value: number): string => (Number.isFinite(value) ? String(Number(value.toFixed(3))) : String(value));

function checkRange(metric: BiasMetric, { least, most }: AllowedRange): void {
  if (least <= most) return;
  throw new PlatformError('training.option_invalid', {
    message: `the range of ${metric} is ${least} to ${most}; allowed is one that begins before it ends`,
    details: { option: metric, got: `${least} to ${most}`, allowed: 'a range that begins before it ends' },
  });
}
