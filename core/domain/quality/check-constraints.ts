import type { ColumnCounts, Profile, ProfilePlan } from '../drift/profile/profile.ts';
import { modelMonitorDistance } from '../drift/statistics/model-monitor-distance.ts';
import type { ConstraintsDocument, FeatureConstraints, MonitoringConfig } from './constraints-document.ts';
import { type ObservedFeature, observeWindow, sumOf } from './observe-window.ts';
import type { Violation } from './violation.ts';

export interface CheckedWindow {
  readonly plan: ProfilePlan;
  readonly reference: Profile;
  readonly profile: Profile;
  /** Rows equal to one before, where they were looked for. */
  readonly duplicateRows?: number | undefined;
}

/**
 * Checks a window against constraints, as Model Monitor does and with its words.
 *
 * | check | violated when |
 * | --- | --- |
 * | `data_type_check` | a larger share than `datatype_check_threshold` of the values is of another type |
 * | `completeness_check` | the share of rows with a value is below the feature's `completeness` |
 * | `baseline_drift_check` | the distance (L∞ of the cumulative shares, of categories of the shares) is above `comparison_threshold` |
 * | `missing_column_check`, `extra_column_check` | the window has not the features of the constraints |
 * | `categorical_values_check` | a larger share than `domain_content_threshold` of the texts is outside the domain |
 * | `range_check` | the smallest or largest value is out of range, or below 0 where none was |
 * | `duplicates_check` | a larger share of rows than `max_duplicate_share` equals another |
 *
 * A threshold above one half is read as the share that must match: so the files have it that Model Monitor itself suggests (1.0), while its
 * documentation speaks of the share that may not.
 *
 * @returns none where evaluation is disabled or the window has no rows
 */
export function checkConstraints(
  { features, monitoring_config: config, keelson }: ConstraintsDocument,
  window: CheckedWindow,
): Violation[] {
  if (config.evaluate_constraints === 'Disabled' || window.profile.rows === 0) return [];
  const observed = new Map(observeWindow(window.plan, window.profile).map((feature) => [feature.name, feature]));
  const found = features.flatMap((constraints) => {
    const feature = observed.get(constraints.name);
    if (feature === undefined) return [];
    const settings = { ...config, ...constraints.monitoringConfigOverrides };
    return [
      ...checkType(constraints, feature, settings),
      ...checkCompleteness(constraints, feature),
      ...checkDomain(constraints, feature, settings),
      ...checkRange(constraints, feature),
      ...checkDrift(feature, { settings, reference: referenceOf(window, constraints.name) }),
    ];
  });
  return [...found, ...checkColumns(features, observed), ...checkDuplicates(window, keelson?.max_duplicate_share)];
}

const referenceOf = ({ plan, reference }: CheckedWindow, name: string): ColumnCounts | undefined =>
  reference.columns[plan.columns.findIndex((column) => column.name === name)];

/** The share that may be otherwise. */
const tolerated = (threshold: number): number => (threshold > 0.5 ? 1 - threshold : threshold);

const percent = (share: number): string => `${Number((100 * share).toFixed(4))}%`;

function checkType(
  { name, inferred_type: type }: FeatureConstraints,
  { counts, present }: ObservedFeature,
  { datatype_check_threshold: threshold }: MonitoringConfig,
): Violation[] {
  if (type === 'Unknown' || present === 0) return [];
  const share = shareOfType(type, counts);
  if (share === undefined || 1 - share <= tolerated(threshold)) return [];
  const description = `Data type match requirement is not met. Expected data type: ${type}, Expected match: ${percent(1 - tolerated(threshold))}. Observed: Only ${percent(share)} of data is ${type}.`;
  return [{ feature_name: name, constraint_check_type: 'data_type_check', description }];
}

/** A whole number is a fractional one, too, and a text may be anything. Undefined where nobody looked. */
function shareOfType(type: 'Integral' | 'Fractional' | 'String', counts: ColumnCounts): number | undefined {
  if (type === 'String') return counts.kind === 'category' ? 1 : 0;
  if (counts.kind === 'category') return 0;
  const finite = sumOf(counts.bins);
  if (type === 'Fractional') return 1;
  if (counts.fractions === undefined || finite === 0) return undefined;
  return (finite - counts.fractions) / finite;
}

function checkCompleteness(
  { name, completeness }: FeatureConstraints,
  { present, rows }: ObservedFeature,
): Violation[] {
  const observed = present / rows;
  if (observed >= completeness) return [];
  const description = `Completeness requirement is not met. Expected: at least ${percent(completeness)}. Observed: ${percent(observed)} of ${rows} rows have a value.`;
  return [{ feature_name: name, constraint_check_type: 'completeness_check', description }];
}

function checkDomain(
  { name, string_constraints: domain }: FeatureConstraints,
  { counts, categories = [], present }: ObservedFeature,
  { domain_content_threshold: threshold }: MonitoringConfig,
): Violation[] {
  if (domain === undefined || counts.kind !== 'category' || present === 0) return [];
  const allowed = new Set(domain.domains);
  const known = counts.counts.reduce((sum, count, i) => (allowed.has(categories[i] as string) ? sum + count : sum), 0);
  const unknown = 1 - known / present;
  if (unknown <= tolerated(threshold)) return [];
  const description = `Domain content requirement is not met. Expected match: ${percent(1 - tolerated(threshold))}. Observed: ${percent(unknown)} of values are not in the baseline's domain.`;
  return [{ feature_name: name, constraint_check_type: 'categorical_values_check', description }];
}

function checkRange(
  { name, num_constraints: numbers, keelson }: FeatureConstraints,
  { counts }: ObservedFeature,
): Violation[] {
  if (counts.kind !== 'numeric' || counts.min > counts.max) return [];
  const isNegative = numbers?.is_non_negative === true && counts.min < 0;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = keelson?.range ?? {};
  if (!isNegative && counts.min >= min && counts.max <= max) return [];
  const expected = isNegative && counts.min >= min && counts.max <= max ? 'not negative' : `from ${min} to ${max}`;
  const description = `Range requirement is not met. Expected: ${expected}. Observed: from ${counts.min} to ${counts.max}.`;
  return [{ feature_name: name, constraint_check_type: 'range_check', description }];
}

interface DriftOptions {
  readonly settings: MonitoringConfig;
  readonly reference: ColumnCounts | undefined;
}

function checkDrift({ name, counts, present }: ObservedFeature, { settings, reference }: DriftOptions): Violation[] {
  const { perform_comparison, comparison_threshold, comparison_method, categorical_comparison_threshold } =
    settings.distribution_constraints;
  if (perform_comparison === 'Disabled' || reference === undefined) return [];
  const [before, now] = [cellsOf(reference), cellsOf(counts)];
  if (present === 0 || sumOf(before) === 0 || sumOf(now) === 0) return [];
  const { simple, robust } = modelMonitorDistance(before, now, { kind: counts.kind });
  const got = comparison_method === 'Simple' ? simple : robust;
  const threshold =
    counts.kind === 'category' ? (categorical_comparison_threshold ?? comparison_threshold) : comparison_threshold;
  if (got <= threshold) return [];
  const description = `Baseline drift distance: ${got} exceeds threshold: ${threshold}`;
  return [{ feature_name: name, constraint_check_type: 'baseline_drift_check', description }];
}

const cellsOf = (counts: ColumnCounts): readonly number[] =>
  counts.kind === 'numeric' ? counts.bins : [...counts.counts, counts.unseen];

function checkColumns(
  features: readonly FeatureConstraints[],
  observed: ReadonlyMap<string, ObservedFeature>,
): Violation[] {
  const expected = new Set(features.map(({ name }) => name));
  const missing = [...expected].filter((name) => !observed.has(name));
  const extra = [...observed.keys()].filter((name) => !expected.has(name));
  const counts = `Number of columns in current dataset: ${observed.size}, Number of columns in baseline constraints: ${expected.size}`;
  return [
    ...missing.map(
      (name): Violation => ({
        feature_name: name,
        constraint_check_type: 'missing_column_check',
        description: `There are missing columns in current dataset. ${counts}`,
      }),
    ),
    ...extra.map(
      (name): Violation => ({
        feature_name: name,
        constraint_check_type: 'extra_column_check',
        description: `There are extra columns in current dataset. ${counts}`,
      }),
    ),
  ];
}

function checkDuplicates({ profile, duplicateRows }: CheckedWindow, limit: number | undefined): Violation[] {
  const share = (duplicateRows ?? 0) / profile.rows;
  if (limit === undefined || share <= limit) return [];
  const description = `Duplicates requirement is not met. Expected: at most ${percent(limit)}. Observed: ${percent(share)} of ${profile.rows} rows equal another.`;
  return [{ feature_name: 'all features', constraint_check_type: 'duplicates_check', description }];
}
