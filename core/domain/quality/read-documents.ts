import { PlatformError } from '../errors.ts';
import {
  type ConstraintsDocument,
  DEFAULT_MONITORING_CONFIG,
  type DistributionConstraints,
  type FeatureConstraints,
  type MonitoringConfig,
} from './constraints-document.ts';
import type { FeatureStatistics, InferredType, StatisticsDocument } from './statistics-document.ts';

/** A file of Model Monitor's, and what is to be known of it, in sentences. */
export interface ReadDocument<Document> {
  readonly document: Document;
  readonly warnings: readonly string[];
}

type Fields = { readonly [key: string]: unknown };

const STATISTICS = 'statistics.json';
const CONSTRAINTS = 'constraints.json';
const TYPES: readonly unknown[] = ['Fractional', 'Integral', 'String', 'Unknown'] satisfies InferredType[];

/** @throws `quality.malformed` */
export function readStatistics(text: string): StatisticsDocument {
  const { version, dataset, features } = fields(parsed(text, STATISTICS), STATISTICS, 'the file');
  const { item_count: rows } = fields(dataset, STATISTICS, 'dataset');
  return {
    version: number(version ?? 0, STATISTICS, 'version'),
    dataset: { item_count: number(rows, STATISTICS, 'item_count') },
    features: list(features, STATISTICS, 'features').map(statisticsOf),
  };
}

function statisticsOf(value: unknown): FeatureStatistics {
  const feature = named(value, STATISTICS);
  const { name, inferred_type, numerical_statistics: numbers, string_statistics: texts } = feature;
  if (numbers !== undefined) checkNumbers(fields(numbers, STATISTICS, name), name);
  if (texts !== undefined) checkTexts(fields(texts, STATISTICS, name), name);
  return {
    name,
    inferred_type,
    ...(numbers !== undefined && { numerical_statistics: numbers }),
    ...(texts !== undefined && { string_statistics: texts }),
  } as FeatureStatistics;
}

function checkNumbers(numbers: Fields, name: string): void {
  checkCommon(numbers, name);
  for (const key of ['mean', 'sum', 'std_dev', 'min', 'max']) number(numbers[key], STATISTICS, `${name}: ${key}`);
  const { kll } = fields(numbers['distribution'], STATISTICS, `${name}: distribution`);
  const { buckets, sketch } = fields(kll, STATISTICS, `${name}: kll`);
  for (const bucket of list(buckets, STATISTICS, `${name}: buckets`)) {
    const { lower_bound, upper_bound, count } = fields(bucket, STATISTICS, `${name}: a bucket`);
    for (const bound of [lower_bound, upper_bound, count]) number(bound, STATISTICS, `${name}: a bucket`);
  }
  const { parameters, data } = fields(sketch, STATISTICS, `${name}: sketch`);
  const { c, k } = fields(parameters, STATISTICS, `${name}: parameters`);
  for (const parameter of [c, k]) number(parameter, STATISTICS, `${name}: parameters`);
  for (const level of list(data, STATISTICS, `${name}: data`)) {
    for (const each of list(level, STATISTICS, `${name}: data`)) number(each, STATISTICS, `${name}: data`);
  }
}

function checkTexts(texts: Fields, name: string): void {
  checkCommon(texts, name);
  number(texts['distinct_count'], STATISTICS, `${name}: distinct_count`);
  const { categorical } = fields(texts['distribution'], STATISTICS, `${name}: distribution`);
  const { buckets } = fields(categorical, STATISTICS, `${name}: categorical`);
  for (const bucket of list(buckets, STATISTICS, `${name}: buckets`)) {
    const { value, count } = fields(bucket, STATISTICS, `${name}: a bucket`);
    if (typeof value !== 'string') throw malformed(STATISTICS, `${name}: a bucket has no value`);
    number(count, STATISTICS, `${name}: a bucket`);
  }
}

function checkCommon({ common }: Fields, name: string): void {
  const { num_present, num_missing } = fields(common, STATISTICS, `${name}: common`);
  for (const count of [num_present, num_missing]) number(count, STATISTICS, `${name}: common`);
}

/**
 * Reads constraints. What is absent of `monitoring_config` is as Model Monitor documents its defaults.
 *
 * Warned of is what raises false alarms or is not done: a completeness of 100 %, a threshold of 1.0, the chi-square method.
 *
 * @throws `quality.malformed`
 */
export function readConstraints(text: string): ReadDocument<ConstraintsDocument> {
  const { version, features, monitoring_config, keelson } = fields(parsed(text, CONSTRAINTS), CONSTRAINTS, 'the file');
  const document: ConstraintsDocument = {
    version: number(version ?? 0, CONSTRAINTS, 'version'),
    features: list(features, CONSTRAINTS, 'features').map(constraintsOf),
    monitoring_config: configOf(fields(monitoring_config ?? {}, CONSTRAINTS, 'monitoring_config')),
    ...(keelson !== undefined && {
      keelson: fields(keelson, CONSTRAINTS, 'keelson') as ConstraintsDocument['keelson'] & object,
    }),
  };
  return { document, warnings: warningsOf(document) };
}

function constraintsOf(value: unknown): FeatureConstraints {
  const feature = named(value, CONSTRAINTS);
  const { name, num_constraints: numbers, string_constraints: texts } = feature;
  const completeness = number(feature['completeness'], CONSTRAINTS, `${name}: completeness`);
  if (completeness < 0 || completeness > 1)
    throw malformed(CONSTRAINTS, `${name}: completeness is ${completeness}, 0 to 1 is allowed`);
  if (numbers !== undefined && typeof fields(numbers, CONSTRAINTS, name)['is_non_negative'] !== 'boolean') {
    throw malformed(CONSTRAINTS, `${name}: is_non_negative is neither true nor false`);
  }
  if (texts !== undefined) {
    const domains = list(fields(texts, CONSTRAINTS, name)['domains'], CONSTRAINTS, `${name}: domains`);
    if (domains.some((each) => typeof each !== 'string'))
      throw malformed(CONSTRAINTS, `${name}: domains hold what is no text`);
  }
  return feature as unknown as FeatureConstraints;
}

function configOf(config: Fields): MonitoringConfig {
  const given = fields(config['distribution_constraints'] ?? {}, CONSTRAINTS, 'distribution_constraints');
  const distribution = { ...DEFAULT_MONITORING_CONFIG.distribution_constraints, ...given, ...methodOf(given) };
  // Its own default is the threshold of numbers.
  const categorical = given['categorical_comparison_threshold'] ?? distribution.comparison_threshold;
  const merged = { ...DEFAULT_MONITORING_CONFIG, ...config } as MonitoringConfig;
  for (const threshold of [
    merged.datatype_check_threshold,
    merged.domain_content_threshold,
    distribution.comparison_threshold,
    categorical,
  ]) {
    number(threshold, CONSTRAINTS, 'a threshold of monitoring_config');
  }
  return {
    ...merged,
    distribution_constraints: { ...distribution, categorical_comparison_threshold: categorical as number },
  };
}

/** The documentation calls the methods by two names each. */
function methodOf({ comparison_method: method }: Fields): Partial<DistributionConstraints> {
  if (method === undefined) return {};
  if (method === 'Simple' || method === 'linf_simple') return { comparison_method: 'Simple' };
  if (method === 'Robust' || method === 'linf_robust') return { comparison_method: 'Robust' };
  throw malformed(CONSTRAINTS, `comparison_method is ${JSON.stringify(method)}; Simple and Robust are allowed`);
}

function warningsOf({ features, monitoring_config: config }: ConstraintsDocument): string[] {
  const complete = features.filter(({ completeness }) => completeness === 1).map(({ name }) => JSON.stringify(name));
  const shown = complete.length > 3 ? [...complete.slice(0, 3), `${complete.length - 3} more`] : complete;
  const warnings: string[] = [];
  if (complete.length > 0) {
    warnings.push(
      `a completeness of 100 % is asked of ${shown.join(', ')}: one missing value is a violation; 0.999 is calmer`,
    );
  }
  const strict = (['datatype_check_threshold', 'domain_content_threshold'] as const).filter(
    (name) => config[name] > 0.5,
  );
  if (strict.length > 0) {
    warnings.push(
      `${strict.join(' and ')} above 0.5 are read as the share that must match, not as the share that may differ`,
    );
  }
  if (config.distribution_constraints.categorical_drift_method === 'ChiSquared') {
    warnings.push('categorical_drift_method ChiSquared is not computed: LInfinity is');
  }
  return warnings;
}

function named(value: unknown, file: string): Fields & { name: string; inferred_type: InferredType } {
  const feature = fields(value, file, 'a feature');
  const { name, inferred_type: type } = feature;
  if (typeof name !== 'string') throw malformed(file, 'a feature has no name');
  if (!TYPES.includes(type))
    throw malformed(file, `${name}: inferred_type is ${JSON.stringify(type)}; ${TYPES.join(', ')} are allowed`);
  return feature as Fields & { name: string; inferred_type: InferredType };
}

function fields(value: unknown, file: string, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw malformed(file, `${what} is no object`);
}

function list(value: unknown, file: string, what: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw malformed(file, `${what} is no list`);
}

function number(value: unknown, file: string, what: string): number {
  if (typeof value === 'number') return value;
  throw malformed(file, `${what} is ${JSON.stringify(value)}, no number`);
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(file, 'it is not JSON');
  }
}

const malformed = (file: string, reason: string) =>
  new PlatformError('quality.malformed', {
    message: `${file} cannot be read: ${reason}; it must follow Model Monitor's schema`,
    details: { file, reason },
  });
