import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Baseline, readBaseline, writeBaseline } from '../../../../../core/domain/drift/profile/baseline.ts';
import { rowCounter } from '../../../../../core/domain/drift/profile/count-rows.ts';
import {
  drawnWindows,
  type History,
  rowsPerWindow,
  windowsOfSize,
} from '../../../../../core/domain/drift/profile/history.ts';
import { mergeProfiles } from '../../../../../core/domain/drift/profile/merge-profiles.ts';
import type { Profile } from '../../../../../core/domain/drift/profile/profile.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';
import { batchOf, MIXED, type MixedRow, mixedRows } from './rows.ts';

const count = (rows: readonly MixedRow[], reference?: Profile): Profile => {
  const counter = rowCounter(MIXED, { reference });
  counter.add(batchOf(rows));
  return counter.profile();
};

const baselineOf = (rows: readonly MixedRow[]): Baseline => {
  const reference = count(rows, count(rows));
  const windows = rows.map((row, i) => ({ profile: count([row], reference), fromMs: i, toMs: i + 1 }));
  return { plan: MIXED, reference, history: { rowsPerWindow: 1, windows } };
};

describe('baseline', () => {
  it('comes back as it was written, whatever was counted', () => {
    fc.assert(
      fc.property(mixedRows, (rows) => {
        const baseline = baselineOf(rows.slice(0, 20));
        expect(readBaseline(writeBaseline(baseline))).toEqual(baseline);
      }),
    );
  });

  it('comes back without history, and with names of features', () => {
    const baseline: Baseline = { ...baselineOf([]), history: null, featureNames: ['amount', 'age'] };
    expect(readBaseline(writeBaseline(baseline))).toEqual(baseline);
  });

  it('writes no null for a number, not even for the sums of the largest', () => {
    const rows = [1.7e308, 1.7e308, Number.NaN].map((amount) => ({ amount, age: -1e308, country: null }));
    const baseline = { ...baselineOf(rows), history: null };
    const text = writeBaseline(baseline);
    expect(text.replace('"history":null', '')).not.toContain('null');
    expect(text).toContain('"sum":"Infinity"');
    expect(readBaseline(text)).toEqual(baseline);
  });

  const written = JSON.parse(writeBaseline(baselineOf([{ amount: 1, age: 2, country: 'DE' }])));
  it.each([
    ['no JSON', () => '{'],
    ['another format', () => JSON.stringify({ ...written, format: 2 })],
    ['no plan', () => JSON.stringify({ ...written, plan: undefined })],
    ['edges that do not ascend', () => changed('plan.columns.0.edges', [1, 1])],
    ['a column named twice', () => changed('plan.columns.1.name', 'amount')],
    ['a role that nobody knows', () => changed('plan.columns.1.role', 'label')],
    ['a correlated column that is not there', () => changed('plan.correlated', ['height'])],
    ['other bins than the plan', () => changed('reference.columns.0.bins', [1, 2])],
    ['a count below 0', () => changed('reference.columns.0.bins', [1, 2, -1, 0])],
    ['a sum that is null', () => changed('reference.columns.0.sum', null)],
    ['fewer columns than the plan', () => changed('reference.columns', [])],
    ['cross-moments that are no base64', () => changed('reference.crossMoments', '???')],
    ['cross-moments of other columns', () => changed('reference.crossMoments', 'AAAAAAAAAAA=')],
    ['a window at no time', () => changed('history.windows.0.fromMs', 'noon')],
    ['names that are no texts', () => JSON.stringify({ ...written, featureNames: [1] })],
  ])('fails to be read with %s', (_, text) => {
    expect(() => readBaseline(text())).toThrow(expect.objectContaining({ code: 'profile.malformed' }));
  });

  function changed(path: string, value: unknown): string {
    const copy = structuredClone(written);
    const keys = path.split('.');
    const last = keys.pop() as string;
    keys.reduce((object, key) => object[key], copy)[last] = value;
    return JSON.stringify(copy);
  }
});

describe('history', () => {
  const rows = Array.from({ length: 10 }, (_, i) => ({ amount: i, age: 20 + i, country: 'DE' }));
  const { reference, history } = baselineOf(rows) as Baseline & { history: History };

  it('adds up to windows of the served size, the latest rows first', () => {
    const windows = windowsOfSize(history, 3);
    expect(windows.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [1, 4],
      [4, 7],
      [7, 10],
    ]);
    expect(windows[2]?.profile).toEqual(
      mergeProfiles(...(rows.slice(7).map((row) => count([row], reference)) as [Profile])),
    );
  });

  it('has no window that is larger than itself', () => {
    expect(windowsOfSize(history, 11)).toEqual([]);
  });

  it('gives drawn windows of the size that is asked for, the same for the same seed', () => {
    const draw = () => drawnWindows(history, 4, { windows: 5, random: createRandom(3) });
    expect(draw()).toHaveLength(5);
    expect(draw().every((profile) => profile.rows === 4)).toBe(true);
    expect(draw()).toEqual(draw());
    expect(drawnWindows({ rowsPerWindow: 1, windows: [] }, 4, { windows: 5, random: createRandom(3) })).toEqual([]);
  });

  it.each([
    { rows: 100, size: 1_000, expected: 25 },
    { rows: 51_200, size: 1_000, expected: 100 },
    { rows: 51_200, size: 200_000, expected: 5_120 },
    { rows: 10, size: 10_000_000, expected: 25 },
  ])('cuts $rows rows of $size numbers into windows of $expected', ({ rows: all, size, expected }) => {
    expect(rowsPerWindow(all, size)).toBe(expected);
  });
});
