import {
  type ConstraintsDocument,
  DEFAULT_MONITORING_CONFIG,
  type FeatureConstraints,
} from './constraints-document.ts';
import type { FeatureStatistics, StatisticsDocument } from './statistics-document.ts';

/** Values that a feature of few values lists, as its domain. */
const DOMAIN_LIMIT = 100;
/** Of a complete baseline: one missing value in a thousand is no violation. */
const COMPLETE = 0.999;
/** Beyond its own span on either side a value is out of range: a wrong unit, not a tail. */
const SPANS_BEYOND = 1;

/**
 * Constraints that a baseline suggests.
 *
 * As Model Monitor's, but for completeness: of a feature that is never missing it suggests 100 %, which a single missing value violates;
 * here it is 99.9 %.
 */
export const suggestConstraints = ({ dataset, features }: StatisticsDocument): ConstraintsDocument => ({
  version: 0,
  features: features.map((feature) => constraintsOf(feature, dataset.item_count)),
  monitoring_config: DEFAULT_MONITORING_CONFIG,
});

function constraintsOf(feature: FeatureStatistics, rows: number): FeatureConstraints {
  const { name, inferred_type, numerical_statistics: numbers, string_statistics: texts } = feature;
  const present = (numbers ?? texts)?.common.num_present ?? 0;
  const completeness = rows === 0 ? 0 : Math.min(present / rows, COMPLETE);
  const common = { name, inferred_type, completeness };
  if (numbers) {
    const { min, max } = numbers;
    const span = (max - min) * SPANS_BEYOND;
    const range = { min: min - span, max: max + span };
    return {
      ...common,
      num_constraints: { is_non_negative: min >= 0 },
      ...(span > 0 && Number.isFinite(span) && isBounded(range) && { keelson: { range } }),
    };
  }
  const buckets = texts?.distribution.categorical.buckets ?? [];
  const isSmall = texts !== undefined && texts.distinct_count <= Math.min(DOMAIN_LIMIT, buckets.length);
  return isSmall ? { ...common, string_constraints: { domains: buckets.map(({ value }) => value) } } : common;
}

const isBounded = ({ min, max }: { min: number; max: number }): boolean => Number.isFinite(min) && Number.isFinite(max);
