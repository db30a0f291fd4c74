import { describe, expect, it } from 'vitest';
import { rowCounter } from '../../../../core/domain/drift/profile/count-rows.ts';
import type { Profile, ProfilePlan } from '../../../../core/domain/drift/profile/profile.ts';
import type { ColumnValues } from '../../../../core/domain/drift/profile/row-batch.ts';
import { checkConstraints } from '../../../../core/domain/quality/check-constraints.ts';
import {
  type ConstraintsDocument,
  DEFAULT_MONITORING_CONFIG,
  type MonitoringConfig,
} from '../../../../core/domain/quality/constraints-document.ts';
import { toViolationsDocument } from '../../../../core/domain/quality/violation.ts';

const PLAN: ProfilePlan = {
  columns: [
    { name: 'age', kind: 'numeric', role: 'feature', edges: [20, 40, 60] },
    { name: 'country', kind: 'category', role: 'feature', categories: ['DE', 'FR'] },
  ],
  correlated: [],
};

const CONSTRAINTS: ConstraintsDocument = {
  version: 0,
  features: [
    { name: 'age', inferred_type: 'Integral', completeness: 0.9, num_constraints: { is_non_negative: true } },
    { name: 'country', inferred_type: 'String', completeness: 0.9, string_constraints: { domains: ['DE', 'FR'] } },
  ],
  monitoring_config: DEFAULT_MONITORING_CONFIG,
};

const configured = (config: Partial<MonitoringConfig>): ConstraintsDocument => ({
  ...CONSTRAINTS,
  monitoring_config: { ...DEFAULT_MONITORING_CONFIG, ...config },
});

function count(age: ColumnValues | undefined, country: ColumnValues | undefined, plan = PLAN): Profile {
  const counter = rowCounter(plan);
  counter.add({ rows: (age ?? country)?.length ?? 0, columns: [age, country] });
  return counter.profile();
}

const AGES = Float64Array.from({ length: 100 }, (_, i) => i);
const COUNTRIES = Array.from(AGES, (_, i) => (i % 2 === 0 ? 'DE' : 'FR'));
const REFERENCE = count(AGES, COUNTRIES);

const check = (profile: Profile, constraints = CONSTRAINTS, more = {}) =>
  checkConstraints(constraints, { plan: PLAN, reference: REFERENCE, profile, ...more });

const types = (...args: Parameters<typeof check>) =>
  check(...args).map(({ feature_name, constraint_check_type }) => `${feature_name} ${constraint_check_type}`);

describe('constraints', () => {
  it('are not violated by the baseline itself', () => {
    expect(check(REFERENCE)).toEqual([]);
  });

  it('ask for the data type of the baseline, up to the threshold', () => {
    const halves = (n: number) =>
      count(
        AGES.map((age) => (age < n ? age + 0.5 : age)),
        COUNTRIES,
      );
    expect(check(halves(10))).toEqual([]);
    expect(check(halves(11))).toEqual([
      {
        feature_name: 'age',
        constraint_check_type: 'data_type_check',
        description:
          'Data type match requirement is not met. Expected data type: Integral, Expected match: 90%. Observed: Only 89% of data is Integral.',
      },
    ]);
  });

  it('read a threshold above one half as the share that must match', () => {
    const one = count(
      AGES.map((age) => (age < 1 ? 0.5 : age)),
      COUNTRIES,
    );
    expect(types(one, configured({ datatype_check_threshold: 1 }))).toEqual(['age data_type_check']);
  });

  it('ask for completeness', () => {
    const missing = (n: number) =>
      count(
        AGES.map((age) => (age >= 100 - n ? Number.NaN : age)),
        COUNTRIES,
      );
    expect(types(missing(10))).toEqual([]);
    expect(check(missing(11))).toEqual([
      expect.objectContaining({
        constraint_check_type: 'completeness_check',
        description:
          'Completeness requirement is not met. Expected: at least 90%. Observed: 89% of 100 rows have a value.',
      }),
    ]);
  });

  it('compare distributions by the method and the threshold of their kind', () => {
    const older = count(
      AGES.map((age) => Math.min(99, age + 25)),
      COUNTRIES,
    );
    expect(types(older)).toEqual([]);
    const simple = { ...DEFAULT_MONITORING_CONFIG.distribution_constraints, comparison_method: 'Simple' as const };
    expect(check(older, configured({ distribution_constraints: simple }))).toEqual([
      {
        feature_name: 'age',
        constraint_check_type: 'baseline_drift_check',
        description: 'Baseline drift distance: 0.25 exceeds threshold: 0.1',
      },
    ]);
    const mixed = count(
      AGES,
      COUNTRIES.map((country, i) => (i < 60 ? 'DE' : country)),
    );
    const categorical = { ...simple, categorical_comparison_threshold: 0.4 };
    expect(types(mixed, configured({ distribution_constraints: simple }))).toEqual(['country baseline_drift_check']);
    expect(types(mixed, configured({ distribution_constraints: categorical }))).toEqual([]);
    const off = { ...simple, perform_comparison: 'Disabled' as const };
    expect(types(mixed, configured({ distribution_constraints: off }))).toEqual([]);
  });

  it('ask for the columns of the baseline', () => {
    const renamed: ConstraintsDocument = {
      ...CONSTRAINTS,
      features: CONSTRAINTS.features.map((feature) => ({
        ...feature,
        name: feature.name === 'age' ? 'Age' : feature.name,
      })),
    };
    expect(check(REFERENCE, renamed)).toEqual([
      {
        feature_name: 'Age',
        constraint_check_type: 'missing_column_check',
        description:
          'There are missing columns in current dataset. Number of columns in current dataset: 2, Number of columns in baseline constraints: 2',
      },
      expect.objectContaining({ feature_name: 'age', constraint_check_type: 'extra_column_check' }),
    ]);
  });

  it('miss a column of which no row tells', () => {
    expect(types(count(undefined, COUNTRIES))).toEqual(['age missing_column_check']);
  });

  it('ask for known categories, up to the threshold', () => {
    const unknown = (n: number) =>
      count(
        AGES,
        COUNTRIES.map((country, i) => (i < n ? 'XX' : country)),
      );
    expect(types(unknown(10))).toEqual([]);
    expect(types(unknown(11))).toEqual(['country categorical_values_check']);
  });

  it('ask for the range, and for no negative number where there was none', () => {
    const ranged: ConstraintsDocument = {
      ...CONSTRAINTS,
      features: CONSTRAINTS.features.map((feature) =>
        feature.name === 'age' ? { ...feature, keelson: { range: { min: -100, max: 200 } } } : feature,
      ),
    };
    const with0 = (value: number) =>
      count(
        AGES.map((age) => (age === 0 ? value : age)),
        COUNTRIES,
      );
    expect(check(with0(-1), ranged)[0]?.description).toBe(
      'Range requirement is not met. Expected: not negative. Observed: from -1 to 99.',
    );
    expect(check(with0(5_000), ranged)[0]?.description).toBe(
      'Range requirement is not met. Expected: from -100 to 200. Observed: from 1 to 5000.',
    );
    expect(check(with0(150), ranged)).toEqual([]);
  });

  it('ask for few duplicates where a limit is set', () => {
    const limited = { ...CONSTRAINTS, keelson: { max_duplicate_share: 0.05 } };
    expect(types(REFERENCE, limited, { duplicateRows: 5 })).toEqual([]);
    expect(types(REFERENCE, limited, { duplicateRows: 6 })).toEqual(['all features duplicates_check']);
    expect(types(REFERENCE, CONSTRAINTS, { duplicateRows: 60 })).toEqual([]);
  });

  it('may be otherwise for a feature', () => {
    const overridden: ConstraintsDocument = {
      ...CONSTRAINTS,
      features: CONSTRAINTS.features.map((feature) => ({
        ...feature,
        monitoringConfigOverrides: { domain_content_threshold: 0.4 },
      })),
    };
    const unknown = count(
      AGES,
      COUNTRIES.map((country, i) => (i < 30 ? 'XX' : country)),
    );
    expect(types(unknown, overridden)).toEqual([]);
  });

  it('are not evaluated where they are disabled, nor without rows', () => {
    const nothing = count(new Float64Array(), []);
    const none = count(
      AGES.map(() => Number.NaN),
      COUNTRIES.map(() => null) as never,
    );
    expect(check(nothing)).toEqual([]);
    expect(check(none, configured({ evaluate_constraints: 'Disabled' }))).toEqual([]);
    expect(types(none)).toEqual(['age completeness_check', 'country completeness_check']);
  });

  it('are told in the document that Model Monitor writes, what it does not know apart', () => {
    const violations = check(
      count(
        AGES.map((age) => age - 1.5),
        COUNTRIES,
      ),
    );
    expect(toViolationsDocument(violations)).toEqual({
      violations: [expect.objectContaining({ feature_name: 'age', constraint_check_type: 'data_type_check' })],
      keelson: { violations: [expect.objectContaining({ constraint_check_type: 'range_check' })] },
    });
    expect(toViolationsDocument([])).toEqual({ violations: [] });
  });
});
