import { describe, expect, it } from 'vitest';
import { binaryRows } from '../../../../core/domain/performance/binary-rows.ts';
import { joinLabels, type PredictedRow } from '../../../../core/domain/performance/join-labels.ts';
import { labelCoverage } from '../../../../core/domain/performance/label-coverage.ts';
import { className, isSameClass } from '../../../../core/domain/performance/same-class.ts';

const HOUR_MS = 3_600_000;

const aRow = (parts: Partial<PredictedRow> = {}): PredictedRow => ({
  id: 'order-1',
  row: 0,
  atMs: 0,
  version: 3,
  score: 0.7,
  predicted: 1,
  segments: { country: 'NL' },
  entity: 'customer-1',
  ...parts,
});
const aLabel = (id: string, value: string | number | boolean = 1, row = 0) => ({ id, row, value, atMs: 5 * HOUR_MS });

describe('predictions joined with labels', () => {
  it('have the label of their id and row, in their order, and the others wait', () => {
    const predictions = [aRow(), aRow({ row: 1 }), aRow({ id: 'order-2' }), aRow({ id: 'order-3' })];
    const { labelled, unlabelled } = joinLabels(predictions, [
      aLabel('order-3', 0),
      aLabel('order-1', 'x', 1),
      aLabel('never'),
    ]);
    expect(labelled).toEqual([
      { ...aRow({ row: 1 }), label: 'x', labelledAtMs: 5 * HOUR_MS },
      { ...aRow({ id: 'order-3' }), label: 0, labelledAtMs: 5 * HOUR_MS },
    ]);
    expect(unlabelled.map(({ id, row }) => [id, row])).toEqual([
      ['order-1', 0],
      ['order-2', 0],
    ]);
  });

  it('count once what was delivered twice', () => {
    const { labelled, unlabelled } = joinLabels(
      [aRow(), aRow({ score: 0.2 }), aRow({ id: 'b' }), aRow({ id: 'b' })],
      [aLabel('order-1')],
    );
    expect(labelled.map(({ score }) => score)).toEqual([0.7]);
    expect(unlabelled).toHaveLength(1);
  });

  it('become columns of a question with two answers, whatever the types of its classes', () => {
    const labelled = joinLabels(
      [
        aRow(),
        aRow({ id: 'b', predicted: '0', score: 0.1 }),
        aRow({ id: 'c', score: Number.NaN }),
        aRow({ id: 'd', score: undefined }),
      ],
      [aLabel('order-1', '1'), aLabel('b', true), aLabel('c'), aLabel('d')],
    ).labelled;
    const { rows, clusters, withoutScore } = binaryRows(labelled, 1);
    expect([rows.labels, rows.predicted, rows.scores].map((column) => Array.from(column))).toEqual([
      [1, 1],
      [1, 0],
      [0.7, 0.1],
    ]);
    expect(clusters).toEqual(['customer-1', 'customer-1']);
    expect(withoutScore).toBe(2);
    expect(
      binaryRows([...labelled, { ...(labelled[0] as (typeof labelled)[0]), entity: undefined }], 1).clusters,
    ).toBeUndefined();
    expect(binaryRows([], 1).clusters).toBeUndefined();
  });
});

describe('a class', () => {
  it.each([
    [1, '1'],
    [1, '1.0'],
    [1, true],
    ['0', false],
    ['legit', 'legit'],
    [0.5, '5e-1'],
  ] as const)('%j is %j', (a, b) => {
    expect(isSameClass(a, b)).toBe(true);
  });
  it.each([
    [1, 0],
    ['', '0'],
    [' ', 0],
    ['legit', 'Legit'],
    ['true', true],
  ] as const)('%j is not %j', (a, b) => {
    expect(isSameClass(a, b)).toBe(false);
  });
  it('has one name', () => expect([1, '1.0', true, 'x'].map(className)).toEqual(['1', '1', '1', 'x']));
});

describe('how complete a window is', () => {
  const coverageOf = (labelled: number, unlabelled: number, now = 6 * HOUR_MS) => {
    const predictions = Array.from({ length: labelled + unlabelled }, (_, i) => aRow({ id: `${i}`, atMs: i * 1_000 }));
    const labels = predictions.slice(0, labelled).map(({ id }) => aLabel(id));
    return labelCoverage(joinLabels(predictions, labels), { now, windowEndMs: HOUR_MS, labelDelayMs: 24 * HOUR_MS });
  };

  it.each([
    ['EMPTY', 0, 0, 6],
    ['UNLABELLED', 0, 10, 6],
    ['MATURING', 5, 5, 6],
    ['MATURE', 5, 5, 25],
    ['MATURE', 19, 1, 6],
    ['MATURING', 18, 2, 6],
    ['UNLABELLED', 0, 10, 100],
  ] as const)('is %s with %d labels, %d to come, after %d hours', (maturity, labelled, unlabelled, hours) => {
    expect(coverageOf(labelled, unlabelled, hours * HOUR_MS).maturity).toBe(maturity);
  });

  it('tells its share with an interval, its age, and how long labels took', () => {
    const { predictions, labelled, coverage, ageMs, delayMs } = coverageOf(10, 10);
    expect({ predictions, labelled, ageMs }).toEqual({ predictions: 20, labelled: 10, ageMs: 5 * HOUR_MS });
    expect(coverage?.value).toBe(0.5);
    expect(delayMs).toEqual({ median: 5 * HOUR_MS - 5_000, ninetieth: 5 * HOUR_MS - 1_000 });
    expect(coverageOf(0, 0)).toMatchObject({ coverage: undefined, delayMs: { median: Number.NaN } });
  });
});
