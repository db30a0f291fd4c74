import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../../../core/domain/csv/read-csv.ts';
import { readOnnxModel } from '../../../../../core/domain/onnx/read-model.ts';
import type { Declaration, Step } from '../../../../../core/domain/preparation/declaration.ts';
import { prependPreparation } from '../../../../../core/domain/preparation/graph/prepend-preparation.ts';
import { transformRows } from '../../../../../core/domain/preparation/transform-rows.ts';
import { missing, SHARED } from '../../../../support/shared.ts';
import { type Cells, featuresOf, fitted } from '../prepared.ts';
import { echo, served } from './served.ts';

/** Both ways, of the rows that preparation keeps. */
async function bothWays(declaration: Declaration, columns: readonly string[], rows: Cells) {
  const plan = fitted(declaration, columns, rows);
  const transform = transformRows(plan);
  const kept = rows.map((cells) => ({ cells, row: transform(cells) })).filter(({ row }) => 'features' in row);
  const here = featuresOf(kept.map(({ row }) => row));
  const there = await served(
    plan,
    kept.map(({ cells }) => cells),
  );
  return { here, there, plan };
}

/** Largest difference in units of float32's precision at the value; infinite where one is missing and the other is not. */
function largestError(here: readonly (readonly number[])[], there: readonly (readonly number[])[]): number {
  let largest = here.length === there.length ? 0 : Number.POSITIVE_INFINITY;
  here.forEach((row, i) => {
    row.forEach((value, j) => {
      const other = there[i]?.[j] as number;
      if (Object.is(value, other) || value === other) return;
      const error = Math.abs(value - other) / (2 ** -23 * Math.max(Math.abs(value), 1e-30));
      largest = Math.max(largest, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
    });
  });
  return largest;
}

const TRANSCENDENTAL_UNITS = 4;
const numbers = (...steps: Step[]): Step[] => [
  { op: 'cast', columns: ['x', 'y'], to: 'number' },
  { op: 'drop', columns: ['t'] },
  ...steps,
];
const texts = (...steps: Step[]): Step[] => [{ op: 'cast', columns: ['x', 'y'], to: 'number' }, ...steps];

const STEPS: [string, Step[]][] = [
  ['numbers as they are', numbers()],
  [
    'integers',
    [
      { op: 'cast', columns: ['x', 'y'], to: 'integer', onInvalid: 'missing' },
      { op: 'drop', columns: ['t'] },
    ],
  ],
  [
    'impute a constant with indicator',
    numbers({ op: 'impute', column: 'x', with: 'constant', value: 0.1, indicator: 'x_missing' }),
  ],
  ['impute the median', numbers({ op: 'impute', column: 'x', with: 'median' })],
  ['scale by mean and deviation', numbers({ op: 'scale', column: 'x', by: 'standard' })],
  ['scale by range', numbers({ op: 'scale', column: 'x', by: 'min-max' })],
  ['scale by quartiles', numbers({ op: 'scale', column: 'x', by: 'robust' })],
  ['scale by logarithm', numbers({ op: 'scale', column: 'x', by: 'log1p' })],
  ['clip', numbers({ op: 'clip', column: 'x', min: -0.7, max: 1.1 })],
  ['bucketize by edges', numbers({ op: 'bucketize', column: 'x', edges: [-0.3, 0, 0.1, 5] })],
  ['bucketize by quantiles', numbers({ op: 'bucketize', column: 'x', quantiles: 4 })],
  ['encode numbers one-hot', numbers({ op: 'encode', column: 'x', as: 'one-hot', minCount: 2 })],
  ['encode numbers by order', numbers({ op: 'encode', column: 'x', as: 'ordinal' })],
  ['encode texts one-hot', texts({ op: 'encode', column: 't', as: 'one-hot', maxCategories: 2 })],
  ['encode texts by order', texts({ op: 'encode', column: 't', as: 'ordinal' })],
  ['encode texts by share', texts({ op: 'encode', column: 't', as: 'frequency' })],
  [
    'impute texts, then encode',
    texts(
      { op: 'impute', column: 't', with: 'most-frequent', indicator: 't_missing' },
      { op: 'encode', column: 't', as: 'one-hot' },
    ),
  ],
  [
    'impute a text that no row has',
    texts({ op: 'impute', column: 't', with: 'constant', value: 'none' }, { op: 'encode', column: 't', as: 'ordinal' }),
  ],
  ['derive by arithmetic', numbers({ op: 'derive', name: 'z', expression: '-x * 3 + y / (x - 0.1) - 1' })],
  [
    'derive by functions',
    numbers({ op: 'derive', name: 'z', expression: 'log(abs(x) + 1) + sqrt(abs(y)) + exp(min(x, 2))' }),
  ],
  [
    'derive by conditions',
    numbers({ op: 'derive', name: 'z', expression: 'if((x > y) + (x == 0), max(x, y, 0.5), min(x, y)) + missing(x)' }),
  ],
  [
    'derive by comparisons',
    numbers({ op: 'derive', name: 'z', expression: '(x < y) + 2 * (x <= y) + 4 * (x != y) + 8 * (x >= y)' }),
  ],
  [
    'derive from texts',
    texts(
      { op: 'derive', name: 'z', expression: "(t == 'a') + 2 * (t != 'b') + 4 * missing(t)" },
      { op: 'drop', columns: ['t'] },
    ),
  ],
  [
    'one column of an encoding',
    texts(
      { op: 'encode', column: 't', as: 'one-hot' },
      { op: 'derive', name: 'z', expression: '`t=a` * x' },
      { op: 'drop', columns: ['t=a'] },
    ),
  ],
  ['rename', numbers({ op: 'rename', from: 'x', to: 'size' }, { op: 'scale', column: 'size', by: 'standard' })],
];

describe('a preparation in the graph', () => {
  const number = fc.oneof(
    fc.constantFrom('', '0', '-0', '0.1', '-0.3', '5', '1e30', '-1e-30'),
    fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }).map(String),
  );
  const text = fc.constantFrom('', '?', 'a', 'b', 'Ä', 'ß', '日本', ' a', 'A');
  const anchors = [
    ['1', '2', 'a'],
    ['2.5', '-1', 'a'],
    ['1', '3', 'b'],
  ];

  it.each(STEPS)('computes what preparation computes: %s', async (_, steps) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(number, number, text), { maxLength: 12 }), async (rows) => {
        const { here, there } = await bothWays({ steps, missing: ['?'] }, ['x', 'y', 't'], [...anchors, ...rows]);
        expect(largestError(here, there)).toBeLessThanOrEqual(TRANSCENDENTAL_UNITS);
      }),
      { numRuns: 15 },
    );
  });

  const read = (name: string, most: number): { columns: readonly string[]; rows: Cells } => {
    const text = gunzipSync(readFileSync(join(SHARED, 'data', `${name}.csv.gz`))).toString();
    const [columns = [], ...rows] = readCsv(text, '');
    return { columns, rows: rows.slice(0, most) };
  };
  const SETS = [
    { name: 'adult', label: 'income_gt_50k', drop: ['fnlwgt'] },
    { name: 'german_credit', label: '', drop: [] },
    { name: 'taiwan_default', label: '', drop: [] },
    { name: 'bike_hourly', label: 'cnt', drop: ['dteday'] },
  ];
  for (const { name, label, drop } of SETS) {
    const reason = missing('data', `${name}.csv.gz`);
    it.skipIf(reason)(
      `computes what preparation computes on ${name}, every column in another way${reason ? ` (${reason})` : ''}`,
      async () => {
        const { columns, rows } = read(name, 4_000);
        const used = columns.filter((column) => column !== label && !drop.includes(column));
        const isNumber = (column: string) => rows.every((row) => Number.isFinite(Number(row[columns.indexOf(column)])));
        const ways: ((column: string) => Step[])[] = [
          (column) => [{ op: 'scale', column, by: 'standard' }],
          (column) => [
            { op: 'scale', column, by: 'robust' },
            { op: 'clip', column, min: -2, max: 2 },
          ],
          (column) => [
            { op: 'bucketize', column, quantiles: 10 },
            { op: 'encode', column, as: 'one-hot' },
          ],
          (column) => [
            { op: 'derive', name: `${column}_2`, expression: `abs(\`${column}\`) / 3 + sqrt(abs(\`${column}\`))` },
          ],
        ];
        const kinds = ['one-hot', 'ordinal', 'frequency'] as const;
        const steps = used.flatMap((column, i): Step[] =>
          isNumber(column)
            ? [
                { op: 'cast', columns: [column], to: 'number' },
                ...(ways[i % ways.length] as (typeof ways)[number])(column),
              ]
            : [{ op: 'encode', column, as: kinds[i % 3] as 'ordinal', minCount: 20 }],
        );
        const { here, there, plan } = await bothWays(
          { steps: [{ op: 'select', columns: used }, ...steps], missing: ['?'] },
          columns,
          rows,
        );
        expect(here).toHaveLength(rows.length);
        expect(plan.features.length).toBeGreaterThanOrEqual(used.length);
        expect(largestError(here, there)).toBeLessThanOrEqual(TRANSCENDENTAL_UNITS);
      },
    );
  }

  const declaration: Declaration = {
    steps: [
      { op: 'cast', columns: ['at'], to: 'time' },
      { op: 'cast', columns: ['x'], to: 'number' },
      { op: 'derive', name: 'hour', expression: 'hour(at)' },
      { op: 'scale', column: 'hour', by: 'min-max' },
      { op: 'select', columns: ['x', 'hour'] },
    ],
    fromCaller: ['hour'],
  };

  it('takes what the caller computes as an input, and goes on from there', async () => {
    const plan = fitted(
      declaration,
      ['at', 'x', 'unused'],
      [
        ['2026-01-01', '1', ''],
        ['2026-01-01T10:00Z', '2', ''],
      ],
    );
    expect(await served(plan, [['', '7', '']], { hour: [5] })).toEqual([[7, 0.5]]);
  });

  it('has raw columns as inputs, only those that count, and keeps the rest of the file', () => {
    const plan = fitted(declaration, ['at', 'x', 'unused'], [['2026-01-01', '1', '']]);
    const { inputs, outputs, metadata } = readOnnxModel(prependPreparation(echo(2), plan));
    expect(inputs.map(({ name }) => name)).toEqual(['x', 'hour']);
    expect(outputs.map(({ name }) => name)).toEqual(['echo']);
    expect(metadata).toMatchObject({ kept: 'yes', raw_columns: '["x","hour"]', prepared_features: '["x","hour"]' });
    expect(metadata).not.toHaveProperty('feature_names');
  });

  it('fails in front of a model of other features, or with a tensor of the same name', () => {
    const plan = fitted({ steps: [{ op: 'cast', columns: ['echo'], to: 'number' }] }, ['echo'], [['1']]);
    const unsupported = (text: string) =>
      expect.objectContaining({ code: 'onnx.unsupported', message: expect.stringContaining(text) });
    expect(() => prependPreparation(echo(3), plan)).toThrow(unsupported('takes 3 features, the preparation makes 1'));
    expect(() => prependPreparation(echo(1), plan)).toThrow(unsupported('a tensor echo of its own'));
  });
});
