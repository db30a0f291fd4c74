import { describe, expect, it } from 'vitest';
import { labelledColumns, predictedColumns } from '../../../../core/domain/bias/bias-columns.ts';
import { biasReport } from '../../../../core/domain/bias/bias-report.ts';
import { type Facet, isDisadvantaged } from '../../../../core/domain/bias/facet.ts';
import { PREDICTION_METRICS, predictionBias } from '../../../../core/domain/bias/prediction-bias.ts';
import { ALLOWED, watchBias } from '../../../../core/domain/bias/watch-bias.ts';
import type { LabelledRow } from '../../../../core/domain/performance/join-labels.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';
import { caught } from '../../../support/caught.ts';

const NONE = Number.NaN;
const ENDLESS = Number.POSITIVE_INFINITY;

describe('a facet', () => {
  it.each<[Facet, unknown, boolean | undefined]>([
    [{ field: 'sex', values: ['Female', 'f'] }, 'Female', true],
    [{ field: 'sex', values: ['Female', 'f'] }, 'Male', false],
    [{ field: 'sex', values: [2] }, '2', true],
    [{ field: 'flag', values: [true] }, 1, true],
    [{ field: 'sex', values: ['Female'] }, null, undefined],
    [{ field: 'sex', values: ['Female'] }, undefined, undefined],
    [{ field: 'sex', values: [''] }, '', undefined],
    [{ field: 'age', above: 40 }, 40, false],
    [{ field: 'age', above: 40 }, '40.5', true],
    [{ field: 'age', upTo: 25 }, 25, true],
    [{ field: 'age', upTo: 25 }, 26, false],
    [{ field: 'age', upTo: 25 }, 'young', undefined],
    [{ field: 'age', upTo: 25 }, true, undefined],
    [{ field: 'age', above: 25 }, ENDLESS, true],
  ])('%j has the value %j: %s', (facet, value, expected) => {
    expect(isDisadvantaged(value as string, facet)).toBe(expected);
  });
});

let rows = 0;
const aRow = (sex: string | null, predicted: number, parts: Partial<LabelledRow> = {}): LabelledRow => {
  rows += 1;
  return {
    id: `order-${rows}`,
    row: 0,
    atMs: 0,
    version: 1,
    predicted,
    segments: { sex, branch: 'north' },
    label: 1,
    labelledAtMs: 1,
    ...parts,
  };
};
const QUESTION = { facet: { field: 'sex', values: ['f'] }, favourable: 1 };

describe('rows as columns of a question', () => {
  it('leave out and count those whose sensitive field has no value', () => {
    const some = [aRow('f', 1), aRow(null, 1), aRow('m', 0, { label: '1' }), aRow('m', 1, { label: 0 })];
    const labelled = labelledColumns(some, { ...QUESTION, stratum: 'branch' });
    expect(labelled).toEqual({
      rows: {
        disadvantaged: Uint8Array.of(1, 0, 0),
        predicted: Uint8Array.of(1, 0, 1),
        labels: Uint8Array.of(1, 1, 0),
        groups: ['north', 'north', 'north'],
      },
      clusters: undefined,
      withoutFacet: 1,
    });
    const { rows: columns, withoutFacet } = predictedColumns(some, QUESTION);
    expect([columns.predicted, columns.groups, withoutFacet]).toEqual([Uint8Array.of(1, 0, 1), undefined, 1]);
  });

  it('have clusters where every row belongs to somebody', () => {
    const owned = [aRow('f', 1, { entity: 'a' }), aRow('m', 1, { entity: 'b' })];
    expect(predictedColumns(owned, QUESTION).clusters).toEqual(['a', 'b']);
    expect(predictedColumns([...owned, aRow('m', 1)], QUESTION).clusters).toBeUndefined();
    expect(predictedColumns([], QUESTION).clusters).toBeUndefined();
  });
});

const many = (f: readonly [number, number], m: readonly [number, number]) => [
  ...Array.from({ length: f[0] }, () => aRow('f', 1)),
  ...Array.from({ length: f[1] }, () => aRow('f', 0)),
  ...Array.from({ length: m[0] }, () => aRow('m', 1)),
  ...Array.from({ length: m[1] }, () => aRow('m', 0)),
];

describe('bias of predictions before labels come', () => {
  it('is what the full report says of the same rows', () => {
    const some = many([40, 60], [150, 50]);
    const options = () => ({ random: createRandom(7), resamples: 100 });
    const early = predictionBias(predictedColumns(some, QUESTION).rows, options());
    const late = biasReport(labelledColumns(some, QUESTION).rows, options()).metrics;
    expect(Object.keys(early).sort()).toEqual([...PREDICTION_METRICS].sort());
    for (const metric of PREDICTION_METRICS) expect(early[metric]).toEqual(late[metric]);
    expect(early.DI.value).toBeCloseTo(0.4 / 0.75, 12);
  });

  it('has no interval where resamples lack a facet, and fails where the rows do', () => {
    const { rows: columns } = predictedColumns(many([1, 0], [5, 5]), QUESTION);
    const { DPPL } = predictionBias(columns, { random: createRandom(1), resamples: 200 });
    expect([DPPL.value, DPPL.lower, DPPL.upper]).toEqual([-0.5, NONE, NONE]);
    const nobody = predictedColumns(many([0, 0], [5, 5]), QUESTION);
    expect(caught(() => predictionBias(nobody.rows, { random: createRandom(1) }))).toMatchObject({
      code: 'bias.facet_empty',
      details: { facet: 'disadvantaged' },
    });
  });
});

describe('watching bias', () => {
  const DI = { least: 0.8, most: 1.25 };
  const over = (value: number, lower: number, upper: number) => ({ value, lower, upper });

  it.each([
    ['WITHIN', over(0.8, 0.5, 1.1)],
    ['WITHIN', over(1.25, 1, 2)],
    ['UNCERTAIN', over(0.79, 0.7, 0.8)],
    ['UNCERTAIN', over(1.3, 1.25, 2)],
    ['BIASED', over(0.7, 0.6, 0.79)],
    ['BIASED', over(2, 1.26, ENDLESS)],
    ['BIASED', over(ENDLESS, ENDLESS, ENDLESS)],
    ['INSUFFICIENT_DATA', over(0.1, NONE, NONE)],
    ['INSUFFICIENT_DATA', over(NONE, NONE, NONE)],
  ] as const)('is %s for %j', (state, estimate) => {
    expect(watchBias('DI', estimate, DI).state).toBe(state);
  });

  it('says in a sentence what is allowed, what was found and how sure that is', () => {
    expect(watchBias('DI', over(0.297, 0.261, 0.33449), DI).says).toBe(
      'DI is 0.297 (interval 0.261 to 0.334), 0.8 to 1.25 is allowed: outside by more than chance',
    );
    expect(watchBias('DPPL', over(0.5, NONE, NONE), { least: -0.1, most: 0.1 }).says).toBe(
      'DPPL is 0.5 (too few rows for an interval), -0.1 to 0.1 is allowed: nothing can be said',
    );
  });

  it('allows four fifths and a tenth where nothing is said, and what has no scale not at all', () => {
    expect([ALLOWED.DI, ALLOWED.DPPL, ALLOWED.AD]).toEqual([
      DI,
      { least: -0.1, most: 0.1 },
      { least: -0.1, most: 0.1 },
    ]);
    expect([ALLOWED.TE, ALLOWED.GE, ALLOWED.KL, ALLOWED.CI]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('tells a real gap of 1,000 rows from one of 20 that may be chance', () => {
    const stateOf = (times: number) => {
      const { rows: columns } = predictedColumns(many([4 * times, 6 * times], [6 * times, 4 * times]), QUESTION);
      const { DI: estimate } = predictionBias(columns, { random: createRandom(3), resamples: 300 });
      return watchBias('DI', estimate, DI).state;
    };
    expect([stateOf(50), stateOf(1)]).toEqual(['BIASED', 'UNCERTAIN']);
  });

  it('fails for a range that ends before it begins', () => {
    expect(caught(() => watchBias('DI', over(1, 1, 1), { least: 2, most: 1 }))).toMatchObject({
      code: 'training.option_invalid',
      details: { option: 'DI' },
    });
  });
});
