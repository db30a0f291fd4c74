import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PreparationDeclaration } from '../../../../core/contracts/preparation.ts';
import type { Declaration, Step } from '../../../../core/domain/preparation/declaration.ts';
import { column, featuresOf, fitted, prepared } from './prepared.ts';

const f32 = Math.fround;

describe('steps of preparation', () => {
  it.each<[string, Step[], string[], number[]]>([
    ['a constant', [{ op: 'impute', column: 'x', with: 'constant', value: 7 }], ['1', '', 'NaN'], [1, 7, 7]],
    ['the mean', [{ op: 'impute', column: 'x', with: 'mean' }], ['1', '3', ''], [1, 3, 2]],
    ['the median', [{ op: 'impute', column: 'x', with: 'median' }], ['1', '2', '90', ''], [1, 2, 90, 2]],
    ['the most frequent', [{ op: 'impute', column: 'x', with: 'most-frequent' }], ['5', '5', '1', ''], [5, 5, 1, 5]],
    ['mean and deviation', [{ op: 'scale', column: 'x', by: 'standard' }], ['1', '3'], [-1, 1]],
    ['the range', [{ op: 'scale', column: 'x', by: 'min-max' }], ['2', '4', '6'], [0, 0.5, 1]],
    ['quartiles', [{ op: 'scale', column: 'x', by: 'robust' }], ['0', '1', '2', '3'], [-0.5, 0, 0.5, 1]],
    ['a logarithm', [{ op: 'scale', column: 'x', by: 'log1p' }], ['0', '1'], [0, f32(Math.log(2))]],
    ['a constant column to 0', [{ op: 'scale', column: 'x', by: 'standard' }], ['4', '4'], [0, 0]],
    ['limits', [{ op: 'clip', column: 'x', min: 0, max: 2 }], ['-1', '1', '5', ''], [0, 1, 2, Number.NaN]],
    ['edges', [{ op: 'bucketize', column: 'x', edges: [0, 10] }], ['-1', '0', '10', ''], [0, 1, 2, Number.NaN]],
    ['quantiles', [{ op: 'bucketize', column: 'x', quantiles: 2 }], ['1', '2', '3', '4'], [0, 1, 1, 1]],
    ['ordinals of numbers', [{ op: 'encode', column: 'x', as: 'ordinal' }], ['7', '0.1', ''], [1, 0, Number.NaN]],
  ])('replaces by %s', (_, steps, cells, expected) => {
    expect(column(steps, cells).map(([value]) => value)).toEqual(expected);
  });

  it('encodes texts by order, share or bucket, with a code for what training has not seen', () => {
    const cells = ['b', 'a', 'b', ''];
    expect(column([{ op: 'encode', column: 'x', as: 'ordinal' }], cells, 'text').flat()).toEqual([1, 0, 1, Number.NaN]);
    expect(column([{ op: 'encode', column: 'x', as: 'frequency' }], cells, 'text').flat()).toEqual([
      0.5, 0.25, 0.5, 0.25,
    ]);
    const [b, a, again] = column([{ op: 'encode', column: 'x', as: 'hash', buckets: 1_000 }], cells, 'text')
      .flat()
      .slice(0, 3);
    expect([b === again, b === a]).toEqual([true, false]);
  });
});

describe('a fitted preparation', () => {
  const oneHot: Declaration = {
    steps: [{ op: 'encode', column: 'job', as: 'one-hot', minCount: 2 }],
    label: { column: 'y' },
    split: { holdoutEvery: 5 },
  };
  const rows = [
    ['unseen', '0'],
    ['a', '1'],
    ['a', '0'],
    ['', '1'],
    ['', '1'],
    ['a', ''],
    ['rare', '0'],
    ['b', '1'],
    ['b', '1'],
  ];

  it('learns from training rows only, pools what is rare with what was never seen, and names the columns', () => {
    const plan = fitted(oneHot, ['job', 'y'], rows);
    expect(plan.features).toEqual(['job=(missing)', 'job=a', 'job=b', 'job=(other)']);
    const parts = prepared(oneHot, ['job', 'y'], rows);
    expect(parts[0]).toMatchObject({ part: 'holdout', features: [0, 0, 0, 1], label: '0' });
    expect(parts[1]).toMatchObject({ part: 'train', features: [0, 1, 0, 0], label: '1' });
    expect(parts[3]).toMatchObject({ features: [1, 0, 0, 0] });
    expect(parts[6]).toMatchObject({ features: [0, 0, 0, 1] });
    expect(parts[5]).toEqual({ rejected: 'no label in y' });
  });

  it('scales what was imputed: the second step learns from what the first has made', () => {
    const steps: Step[] = [
      { op: 'impute', column: 'x', with: 'constant', value: 9, indicator: 'x_missing' },
      { op: 'scale', column: 'x', by: 'min-max' },
    ];
    expect(column(steps, ['1', '5', ''])).toEqual([
      [0, 0],
      [0.5, 0],
      [1, 1],
    ]);
  });

  it('rejects a cell that is no number, or takes it as missing where that is declared', () => {
    const cast = (onInvalid: 'reject' | 'missing'): Declaration => ({
      steps: [{ op: 'cast', columns: ['x'], to: 'integer', onInvalid }],
      missing: ['?'],
    });
    const cells = [['1'], ['1.5'], ['?'], ['1e39']];
    const [one, none, gap] = [{ features: [1] }, { features: [Number.NaN] }, { rejected: 'x is no integer' }];
    expect(prepared(cast('reject'), ['x'], cells)).toMatchObject([one, gap, none, gap]);
    expect(prepared(cast('missing'), ['x'], cells)).toMatchObject([one, none, none, none]);
    expect(prepared(cast('reject'), ['x'], [['1'], ['1', '2']])[1]).toEqual({ rejected: 'has 2 cells instead of 1' });
  });

  it('filters, removes duplicates and renames', () => {
    const declaration: Declaration = {
      steps: [
        { op: 'deduplicate', columns: ['x'] },
        { op: 'cast', columns: ['x'], to: 'number' },
        { op: 'filter', expression: 'x > 1' },
        { op: 'rename', from: 'x', to: 'size' },
        { op: 'derive', name: 'twice', expression: 'size * 2' },
      ],
    };
    expect(prepared(declaration, ['x'], [['2'], ['1'], ['2'], ['3']])).toMatchObject([
      { features: [2, 4] },
      { rejected: 'filtered: not x > 1' },
      { rejected: 'duplicate of x' },
      { features: [3, 6] },
    ]);
    expect(fitted(declaration, ['x'], [['2']]).atServing.map(({ atServing }) => atServing)).toEqual([
      'training-only',
      'in-graph',
      'training-only',
      'in-graph',
      'in-graph',
    ]);
  });

  it('splits by time with a gap as long as labels take', () => {
    const declaration: Declaration = {
      steps: [{ op: 'cast', columns: ['x'], to: 'number' }],
      label: { column: 'y', delayMs: 2 },
      split: { time: 'at', train: 0.5, validation: 0.2 },
      carry: ['at'],
    };
    const cells = Array.from({ length: 10 }, (_, i) => ['1', '0', String(i)]);
    const parts = prepared(declaration, ['x', 'y', 'at'], cells).map((row) =>
      'part' in row ? row.part : row.rejected,
    );
    const gap = 'gap between the parts';
    expect(parts).toEqual(['train', 'train', 'train', gap, gap, gap, gap, 'holdout', 'holdout', 'holdout']);
  });
});

describe('windows', () => {
  const windowed = (of: string, options: object, delayMs = 0): Declaration => ({
    steps: [
      { op: 'cast', columns: ['at'], to: 'time' },
      { op: 'cast', columns: ['x', 'y'], to: 'number' },
      { op: 'window', name: 'w', of, aggregate: 'sum', by: ['who'], time: 'at', ...options } as Step,
      { op: 'select', columns: ['w'] },
    ],
    label: { column: 'y', delayMs },
    fromCaller: ['w'],
  });
  const columns = ['who', 'at', 'x', 'y'];
  const rows = [
    ['a', '1', '1', '1'],
    ['b', '2', '10', '1'],
    ['a', '3', '2', '0'],
    ['a', '3', '4', '1'],
    ['a', '6', '8', '0'],
    ['a', '9', '1', '1'],
  ];
  const sums = (declaration: Declaration) => featuresOf(prepared(declaration, columns, rows)).flat();

  it('sum what the same key had strictly before, never a row of the same instant', () => {
    expect(sums(windowed('x', { lastMs: 100 }))).toEqual([0, 0, 1, 1, 7, 15]);
    expect(sums(windowed('x', { lastMs: 3 }))).toEqual([0, 0, 1, 1, 6, 8]);
    expect(sums(windowed('x', { lastRows: 1 }))).toEqual([0, 0, 1, 1, 4, 8]);
  });

  it('see a label only once it was known', () => {
    expect(sums(windowed('y', { lastMs: 100 }))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(sums(windowed('y', { lastMs: 100 }, 5))).toEqual([0, 0, 0, 0, 1, 2]);
    expect(sums(windowed('y', { lastRows: 1 }, 5))).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it('never depend on a row that is not over: changing the last label changes no feature of any row', () => {
    const event = fc.record({
      who: fc.constantFrom('a', 'b'),
      step: fc.nat(3),
      x: fc.integer({ min: -5, max: 5 }),
      y: fc.nat(1),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 30 }), fc.nat(29), fc.nat(4), (events, at, delayMs) => {
        let now = 0;
        const cells = events.map(({ who, step, x, y }) => {
          now += step;
          return [who, String(now), String(x), String(y)];
        });
        const changed = at % cells.length;
        const [, changedAt, , label] = cells[changed] as [string, string, string, string];
        const other = cells.with(changed, [...(cells[changed] as string[]).slice(0, 3), String(1 - Number(label))]);
        const knownAt = Number(changedAt) + delayMs;
        const declaration = windowed('y', { lastMs: 10 }, delayMs);
        const untouched = (all: string[][]) =>
          featuresOf(prepared(declaration, columns, all))
            .flat()
            .filter((_, i) => Number(cells[i]?.[1]) < knownAt || Number(cells[i]?.[1]) <= Number(changedAt));
        expect(untouched(other)).toEqual(untouched(cells));
      }),
    );
  });

  it('rejects a row that comes out of order', () => {
    const result = prepared(windowed('x', { lastMs: 9 }), columns, [
      ['a', '5', '1', '1'],
      ['a', '4', '1', '1'],
      ['a', '', '1', '1'],
    ]);
    expect(result.slice(1)).toEqual(Array(2).fill({ rejected: 'at is missing or before that of the row before' }));
  });

  it('fails where the caller is not told to send what no graph can compute', () => {
    const { fromCaller: _, ...declaration } = windowed('x', { lastMs: 9 });
    expect(() => fitted(declaration, columns, rows)).toThrow(
      expect.objectContaining({ code: 'preparation.not_servable', details: { op: 'window', columns: ['w'] } }),
    );
  });
});

describe('a declaration that does not work', () => {
  it.each<[string, Partial<Declaration> & { steps: Step[] }]>([
    ['there is no column z', { steps: [{ op: 'drop', columns: ['z'] }] }],
    ['would make a feature of the label y', { steps: [{ op: 'encode', column: 'y', as: 'ordinal' }] }],
    ['would make a feature of the label y', { steps: [{ op: 'rename', from: 'y', to: 'z' }] }],
    [
      'would make a feature of the label y',
      {
        steps: [
          { op: 'cast', columns: ['y'], to: 'number' },
          { op: 'derive', name: 'z', expression: 'y * 2' },
        ],
      },
    ],
    ['takes a number column, x is a text', { steps: [{ op: 'scale', column: 'x', by: 'standard' }] }],
    [
      'is no raw column any more',
      {
        steps: [
          { op: 'cast', columns: ['x'], to: 'number' },
          { op: 'cast', columns: ['x'], to: 'text' },
        ],
      },
    ],
    ['a column x already', { steps: [{ op: 'derive', name: 'x', expression: '1' }] }],
    [
      'bucketize needs edges, or a number of quantiles',
      {
        steps: [
          { op: 'cast', columns: ['x'], to: 'number' },
          { op: 'bucketize', column: 'x' },
        ],
      },
    ],
    ['are no numbers', { steps: [{ op: 'select', columns: ['x'] }] }],
    ['no feature is left', { steps: [{ op: 'drop', columns: ['x'] }] }],
    [
      'no column t to split by',
      { steps: [{ op: 'drop', columns: ['x'] }], split: { time: 't', train: 0.5, validation: 0 } },
    ],
  ])('fails: %s', (problem, declaration) => {
    expect(() =>
      fitted(
        { label: { column: 'y' }, ...declaration },
        ['x', 'y'],
        [
          ['1', '0'],
          ['2', '1'],
        ],
      ),
    ).toThrow(expect.objectContaining({ code: 'preparation.invalid', message: expect.stringContaining(problem) }));
  });

  it('fails on what no declaration has, at the door', () => {
    const { error } = PreparationDeclaration.safeParse({ steps: [{ op: 'scale', column: 'x', by: 'magic' }], more: 1 });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['steps.0.by', '']);
  });

  it('fails where a column to learn from has no value', () => {
    const steps: Step[] = [{ op: 'scale', column: 'x', by: 'standard' }];
    expect(() => column(steps, ['', ''])).toThrow(expect.objectContaining({ code: 'preparation.invalid' }));
  });
});
