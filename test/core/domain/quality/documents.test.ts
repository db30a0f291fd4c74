import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ColumnSpec, rowPlanner } from '../../../../core/domain/drift/profile/plan-rows.ts';
import type { ColumnValues } from '../../../../core/domain/drift/profile/row-batch.ts';
import { baselineFromStatistics } from '../../../../core/domain/quality/baseline-from-statistics.ts';
import { describeBaseline } from '../../../../core/domain/quality/describe-baseline.ts';
import { readConstraints, readStatistics } from '../../../../core/domain/quality/read-documents.ts';
import { suggestConstraints } from '../../../../core/domain/quality/suggest-constraints.ts';

const FOLDER = new URL('../../../fixtures/model-monitor/', import.meta.url);
const file = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');
const MALFORMED = expect.objectContaining({ code: 'quality.malformed' });

function planned(columns: Readonly<Record<string, ColumnValues>>) {
  const specs = Object.entries(columns).map(
    ([name, values]): ColumnSpec => ({
      name,
      kind: values instanceof Float64Array ? 'numeric' : 'category',
      role: 'feature',
    }),
  );
  const planner = rowPlanner(specs);
  const values = Object.values(columns);
  planner.add({ rows: values[0]?.length ?? 0, columns: values });
  return planner.planned();
}

const ROWS = planned({
  amount: Float64Array.of(0, 1.5, 10, Number.NaN),
  count: Float64Array.of(3, 3, 4, Number.POSITIVE_INFINITY),
  country: ['DE', 'DE', null, 'FR'],
  nothing: Float64Array.of(Number.NaN, Number.NaN, Number.NaN, Number.NaN),
  silence: [null, null, null, null],
});

describe('statistics.json', () => {
  it('is written by the schema of Model Monitor', () => {
    const { version, dataset, features } = describeBaseline(ROWS);
    expect({ version, dataset }).toEqual({ version: 0, dataset: { item_count: 4 } });
    const [amount, count, country, ...unknown] = features;
    expect(amount).toMatchObject({
      name: 'amount',
      inferred_type: 'Fractional',
      numerical_statistics: {
        common: { num_present: 3, num_missing: 1 },
        mean: 11.5 / 3,
        sum: 11.5,
        min: 0,
        max: 10,
        distribution: { kll: { sketch: { parameters: { c: 0.64, k: 2048 }, data: [[0, 1.5, 10]] } } },
      },
    });
    const buckets = amount?.numerical_statistics?.distribution.kll.buckets ?? [];
    expect(buckets.map(({ lower_bound, upper_bound, count: n }) => [lower_bound, upper_bound, n])).toEqual([
      [0, 1, 1],
      [1, 2, 1],
      ...[2, 3, 4, 5, 6, 7, 8].map((i) => [i, i + 1, 0]),
      [9, 10, 1],
    ]);
    expect(count).toMatchObject({ inferred_type: 'Integral', numerical_statistics: { common: { num_present: 4 } } });
    expect(country).toEqual({
      name: 'country',
      inferred_type: 'String',
      string_statistics: {
        common: { num_present: 3, num_missing: 1 },
        distinct_count: 2,
        distribution: {
          categorical: {
            buckets: [
              { value: 'DE', count: 2 },
              { value: 'FR', count: 1 },
            ],
          },
        },
      },
    });
    expect(unknown).toEqual([
      { name: 'nothing', inferred_type: 'Unknown' },
      { name: 'silence', inferred_type: 'Unknown' },
    ]);
  });

  it('is read as it was written, and holds no null', () => {
    const large = planned({ x: Float64Array.of(1.7e308, 1.7e308, -1.7e308) });
    for (const rows of [ROWS, large]) {
      const text = JSON.stringify(describeBaseline(rows));
      expect(text).not.toContain('null');
      expect(readStatistics(text)).toEqual(describeBaseline(rows));
    }
  });

  it('of Model Monitor becomes a baseline that windows can be counted by', () => {
    const { plan, reference, history } = baselineFromStatistics(readStatistics(file('statistics.json')));
    expect(plan.columns).toEqual([
      { name: 'Churn', kind: 'numeric', role: 'feature', edges: [0, 1] },
      { name: 'State', kind: 'category', role: 'feature', categories: ['CA', 'NY', 'MI'] },
    ]);
    expect(reference).toMatchObject({
      rows: 2333,
      columns: [
        { bins: [0, 2008, 325], missing: 0, min: 0, max: 1, sum: 325 },
        { counts: [1500, 500, 300], missing: 33, unseen: 0 },
      ],
    });
    expect(history).toBeNull();
  });

  it.each([
    ['no JSON', () => '<xml/>'],
    ['no features', () => '{"dataset":{"item_count":1}}'],
    ['no number of rows', () => '{"dataset":{},"features":[]}'],
    ['a feature of an unknown type', () => changed('features.0.inferred_type', 'Decimal')],
    ['a mean that is none', () => changed('features.0.numerical_statistics.mean', 'NaN')],
    ['a sketch of no levels', () => changed('features.0.numerical_statistics.distribution.kll.sketch.data', [1])],
    ['a bucket without bounds', () => changed('features.0.numerical_statistics.distribution.kll.buckets.0', {})],
    [
      'a category that is no text',
      () => changed('features.1.string_statistics.distribution.categorical.buckets.0.value', 7),
    ],
  ])('fails to be read with %s', (_, text) => {
    expect(() => readStatistics(text())).toThrow(MALFORMED);
  });

  const changed = (path: string, value: unknown) => withChange(JSON.parse(file('statistics.json')), path, value);
});

describe('constraints.json', () => {
  it('is suggested by a baseline', () => {
    const { features, monitoring_config } = suggestConstraints(describeBaseline(ROWS));
    expect(features).toEqual([
      {
        name: 'amount',
        inferred_type: 'Fractional',
        completeness: 0.75,
        num_constraints: { is_non_negative: true },
        keelson: { range: { min: -10, max: 20 } },
      },
      {
        name: 'count',
        inferred_type: 'Integral',
        completeness: 0.999,
        num_constraints: { is_non_negative: true },
        keelson: { range: { min: 2, max: 5 } },
      },
      { name: 'country', inferred_type: 'String', completeness: 0.75, string_constraints: { domains: ['DE', 'FR'] } },
      { name: 'nothing', inferred_type: 'Unknown', completeness: 0 },
      { name: 'silence', inferred_type: 'Unknown', completeness: 0 },
    ]);
    expect(monitoring_config).toMatchObject({ datatype_check_threshold: 0.1, domain_content_threshold: 0.1 });
  });

  it('is read as it was written, without a warning', () => {
    const document = suggestConstraints(describeBaseline(ROWS));
    expect(readConstraints(JSON.stringify(document))).toEqual({ document, warnings: [] });
  });

  it('of Model Monitor is warned of where one missing value would be a violation', () => {
    const { document, warnings } = readConstraints(file('constraints.json'));
    expect(document.features.map(({ name, completeness }) => [name, completeness])).toEqual([
      ['Churn', 1],
      ['State', 0.98],
    ]);
    expect(warnings).toEqual([
      expect.stringContaining('a completeness of 100 % is asked of "Churn"'),
      expect.stringContaining('datatype_check_threshold and domain_content_threshold above 0.5'),
    ]);
  });

  it('takes the documented defaults, and both names of a method', () => {
    const { document } = readConstraints('{"features":[]}');
    expect(document.monitoring_config).toMatchObject({
      evaluate_constraints: 'Enabled',
      datatype_check_threshold: 0.1,
      distribution_constraints: { comparison_threshold: 0.1, categorical_comparison_threshold: 0.1 },
    });
    const named = (distribution: object) =>
      readConstraints(JSON.stringify({ features: [], monitoring_config: { distribution_constraints: distribution } }))
        .document.monitoring_config.distribution_constraints;
    expect(named({ comparison_method: 'linf_simple', comparison_threshold: 0.3 })).toMatchObject({
      comparison_method: 'Simple',
      categorical_comparison_threshold: 0.3,
    });
  });

  it('warns of the chi-square method', () => {
    const distribution_constraints = { categorical_drift_method: 'ChiSquared' };
    const { warnings } = readConstraints(
      JSON.stringify({ features: [], monitoring_config: { distribution_constraints } }),
    );
    expect(warnings).toEqual([expect.stringContaining('ChiSquared is not computed')]);
  });

  it.each([
    ['a completeness above 1', 'features.0.completeness', 1.5],
    ['a completeness that is none', 'features.0.completeness', null],
    ['a sign that is neither', 'features.0.num_constraints', {}],
    ['a domain of numbers', 'features.1.string_constraints.domains', [1]],
    ['a threshold that is a text', 'monitoring_config.datatype_check_threshold', '0.1'],
    ['a method that nobody knows', 'monitoring_config.distribution_constraints.comparison_method', 'Fuzzy'],
    ['a feature without a name', 'features.0.name', 3],
  ])('fails to be read with %s', (_, path, value) => {
    const text = withChange(JSON.parse(file('constraints.json')), path, value);
    expect(() => readConstraints(text)).toThrow(MALFORMED);
  });
});

function withChange(document: Record<string, unknown>, path: string, value: unknown): string {
  const keys = path.split('.');
  const last = keys.pop() as string;
  const parent = keys.reduce<Record<string, unknown>>(
    (object, key) => object[key] as Record<string, unknown>,
    document,
  );
  parent[last] = value;
  return JSON.stringify(document);
}
