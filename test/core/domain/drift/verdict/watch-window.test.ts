import { describe, expect, it } from 'vitest';
import type { WindowVerdict } from '../../../../../core/domain/drift/verdict/window-verdict.ts';
import { aMonitor, HOUR_MS, type RowsOptions } from '../../../../support/a-monitor.ts';

type Change = NonNullable<RowsOptions['change']>;

const cents: Change = (row) => ({ ...row, amount: (row['amount'] as number) * 100 });
const noAge: Change = (row) => ({ ...row, age: null });
const nothing: Change = () => ({ amount: null, age: null, shop: null, score: null });
const unrelated: Change = (row, random) => ({ ...row, age: random.uniform() + 2 * random.uniform() });
const unseenShop: Change = (row, random) => (random.uniform() < 0.03 ? { ...row, shop: 'casino' } : row);
const games: Change = (row, random) => (random.uniform() < 0.04 ? { ...row, shop: 'game' } : row);
const infinite: Change = (row, random) =>
  random.uniform() < 0.03 ? { ...row, amount: Number.POSITIVE_INFINITY } : row;
const foodIsFuel: Change = (row, random) =>
  row['shop'] === 'food' && random.uniform() < 0.4 ? { ...row, shop: 'fuel' } : row;
const higherScores: Change = (row) => ({ ...row, score: (row['score'] as number) + 1 });
const tighter: Change = (row) => ({ ...row, amount: 1 + ((row['amount'] as number) - 1) / 2 });

const first = ({ columns }: WindowVerdict) => columns[0];

describe('a window of a monitor', () => {
  it('is OK where nothing has changed, against all history, and says so', () => {
    const verdict = aMonitor().see();
    expect(verdict).toMatchObject({ state: 'OK', evaluated: true, breached: false, historyWindows: 60, rows: 600 });
    expect(verdict.sentence).toMatch(
      /^OK: nothing moved by as much as the gates in 600 rows, against 60 earlier windows/,
    );
    expect(verdict.columns.map(({ column }) => column).sort()).toEqual(['age', 'amount', 'score', 'shop', null].sort());
    expect(new Set(verdict.columns.map(({ state }) => state))).toEqual(new Set(['OK']));
    expect(verdict.sinceMs).toBeNull();
  });

  it.each<[string, Change, string | null, string, RegExp]>([
    ['a unit', cents, 'amount', 'location', /amount: its values lie higher by \d+(\.\d+)? % of all ranks \(gate 5 %\)/],
    [
      'missing values',
      noAge,
      'age',
      'missing',
      /age: missing values went from [12](\.\d+)? % to 100 % \(gate 2 points\)/,
    ],
    [
      'correlations',
      unrelated,
      null,
      'correlation',
      /the rank correlation of amount and age went from 0\.\d+ to -?0\.?\d* \(gate/,
    ],
    [
      'an unseen category',
      unseenShop,
      'shop',
      'unseen',
      /shop: values that training did not know went from 0 % to [\d.]+ %/,
    ],
    [
      'infinite numbers',
      infinite,
      'amount',
      'unseen',
      /amount: values that training did not know went from 0 % to [\d.]+ %/,
    ],
    [
      'the mix of categories',
      foodIsFuel,
      'shop',
      'category',
      /shop: \d+(\.\d+)? % of its rows are in another category/,
    ],
    ['a rare category', games, 'shop', 'category', /shop: the rate of "game" went from 2(\.\d+)? % to \d(\.\d+)? %/],
  ])('is suspect when %s changed, and says what moved by how much', (_, change, column, kind, sentence) => {
    const verdict = aMonitor().see({ change });
    expect(verdict).toMatchObject({ state: 'SUSPECT', breached: true, sinceMs: 60 * HOUR_MS });
    expect(first(verdict)).toMatchObject({
      column,
      state: 'SUSPECT',
      breached: true,
      p: 1 / 61,
      effect: { kind, passes: true },
    });
    expect(verdict.sentence).toMatch(sentence);
    expect(verdict.sentence).toMatch(
      /^SUSPECT: .* in the window from 1970-01-03T12:00Z, .* Nobody is paged unless 2 of 3 windows breach/,
    );
  });

  it('says nothing of the correlations of a column that lost its values', () => {
    const { columns } = aMonitor().see({ change: noAge });
    expect(columns.filter(({ breached }) => breached).map(({ column }) => column)).toEqual(['age']);
  });

  it('tells a prediction from a feature', () => {
    const verdict = aMonitor().see({ change: higherScores });
    expect(first(verdict)).toMatchObject({ column: 'score', role: 'prediction' });
    expect(verdict.sentence).toMatch(/^SUSPECT: the prediction score: /);
  });

  it('sees values closer together that have not moved on average', () => {
    const { effects } = first(aMonitor().see({ change: tighter })) ?? {};
    const spread = effects?.find(({ kind }) => kind === 'spread');
    expect(spread).toMatchObject({ passes: true });
    expect(spread?.size).toBeLessThan(-0.05);
  });

  it('is drift when two of three windows breach, since the first of them, for the service and for the column', () => {
    const monitor = aMonitor();
    monitor.see({ change: cents });
    monitor.see();
    const verdict = monitor.see({ change: cents });
    expect(verdict).toMatchObject({ state: 'DRIFT', confirmed: true, sinceMs: 60 * HOUR_MS });
    expect(first(verdict)).toMatchObject({ column: 'amount', state: 'DRIFT' });
    expect(verdict.columns.find(({ column }) => column === 'shop')).toMatchObject({ state: 'OK' });
    expect(verdict.sentence).toMatch(
      /at least 2 of the last 3 windows breach since 1970-01-03T12:00Z, .* The owner is paged/,
    );
  });

  it('stays drift while two of the last three breached, and then recovers', () => {
    const monitor = aMonitor();
    monitor.see({ change: cents });
    monitor.see({ change: cents });
    const after = [monitor.see(), monitor.see(), monitor.see()];
    expect(after.map(({ state }) => state)).toEqual(['DRIFT', 'OK', 'OK']);
    expect(after[0]?.sentence).toMatch(/^DRIFT: this window does not breach, but earlier ones do;/);
  });

  it('is drift of the service, but of neither column, when two windows breach in different columns', () => {
    const monitor = aMonitor();
    monitor.see({ change: unseenShop });
    const verdict = monitor.see({ change: noAge });
    expect(verdict.state).toBe('DRIFT');
    expect(verdict.columns.map(({ state }) => state)).not.toContain('DRIFT');
  });

  it('has too few rows for a gate, and says how many it takes, but finds what is larger', () => {
    const monitor = aMonitor({ rows: 100 });
    const quiet = monitor.see();
    expect(quiet).toMatchObject({ state: 'INSUFFICIENT_DATA', evaluated: true });
    expect(quiet.sentence).toMatch(
      /in 100 rows a KS distance of 0\.1 could go unseen, which takes 441; 5 windows together would do/,
    );
    expect(monitor.see({ change: cents }).state).toBe('SUSPECT');
  });

  it.each([0, 1, 49])('is not evaluated with %i rows, and neither breaches nor enters the history', (rows) => {
    const monitor = aMonitor();
    const verdict = monitor.see({ rows });
    expect(verdict).toMatchObject({ state: 'INSUFFICIENT_DATA', evaluated: false, p: null, columns: [] });
    expect(verdict.sentence).toMatch(rows === 0 ? /no rows in this window/ : /50 are the least that is evaluated/);
    expect(monitor.state().history).toHaveLength(60);
  });

  it('counts a window without traffic as not breaching, without forgetting those before', () => {
    const monitor = aMonitor();
    monitor.see({ change: cents });
    monitor.see({ rows: 0 });
    expect(monitor.see({ change: cents }).state).toBe('DRIFT');
    expect(monitor.see({ rows: 0 }).state).toBe('INSUFFICIENT_DATA');
    monitor.see({ change: cents });
    monitor.see({ change: cents });
    const silent = monitor.see({ rows: 0 });
    expect(silent).toMatchObject({ state: 'DRIFT', evaluated: false });
    expect(silent.sentence).toMatch(
      /^DRIFT: this window does not breach, but earlier ones do; .* windows breach since \S+Z\. The owner/,
    );
  });

  it('is never OK where all values are missing, even where all were before', () => {
    const monitor = aMonitor({ windows: 0, largestAlpha: 0.5 });
    expect(monitor.see({ change: nothing }).state).toBe('WARMING_UP');
    expect(monitor.state().history).toHaveLength(0);
    monitor.see();
    expect(monitor.see({ change: nothing }).state).not.toBe('OK');
    expect(aMonitor().see({ change: nothing })).toMatchObject({ state: 'SUSPECT' });
  });

  it('is not OK for a column without any value, where the others are', () => {
    const monitor = aMonitor({ windows: 0 });
    for (let t = 0; t < 30; t += 1) monitor.see({ change: noAge });
    const verdict = monitor.see({ change: noAge });
    expect(verdict.state).toBe('OK');
    expect(verdict.columns.find(({ column }) => column === 'age')).toMatchObject({ state: 'INSUFFICIENT_DATA' });
  });

  it('warms up until history is long enough, and then speaks', () => {
    const monitor = aMonitor({ windows: 18 });
    const warming = monitor.see();
    expect(warming).toMatchObject({ state: 'WARMING_UP', evaluated: false });
    expect(warming.sentence).toMatch(/^WARMING_UP: 19 windows of history, 19 are needed/);
    expect(monitor.see()).toMatchObject({ state: 'OK', alpha: 1 / 20 });
  });

  it('alarms without history by two-sample tests, and says that they are uncalibrated', () => {
    const monitor = aMonitor({ windows: 0, calibration: 'two-sample' });
    expect(monitor.see()).toMatchObject({ state: 'OK', calibration: 'UNCALIBRATED' });
    const verdict = monitor.see({ change: cents });
    expect(verdict).toMatchObject({ state: 'SUSPECT', calibration: 'UNCALIBRATED' });
    expect(verdict.sentence).toMatch(/by two-sample tests, UNCALIBRATED/);
    expect(monitor.see({ change: cents }).state).toBe('DRIFT');
  });

  it('is quiet about a change that is unusual and small, in windows of many rows', () => {
    const slightly: Change = (row) => ({ ...row, amount: (row['amount'] as number) + 0.03 });
    const verdict = aMonitor({ rows: 8000, windows: 30 }).see({ change: slightly });
    const amount = verdict.columns.find(({ column }) => column === 'amount');
    expect(amount?.p).toBe(1 / 31);
    expect(verdict).toMatchObject({ state: 'OK', breached: false });
  });

  it('finds a slow change that no window breaches by, once pooled windows pass a gate', () => {
    // Gates of windows are out of reach; pooled, the location passes.
    const gates = {
      ks: 0.1,
      location: 0.05,
      spread: 9,
      totalVariation: 9,
      rateRatio: 99,
      missing: 9,
      unseen: 9,
      correlation: 9,
    };
    const monitor = aMonitor({ windows: 100, alpha: 0.0001, averageRunLength: 100, gates });
    let verdict = monitor.see();
    for (let t = 0; t < 80 && verdict.state !== 'DRIFT'; t += 1) {
      verdict = monitor.see({ change: (row) => ({ ...row, amount: (row['amount'] as number) + 0.003 * t }) });
    }
    expect(verdict).toMatchObject({ state: 'DRIFT' });
    expect(verdict.slowDrift.value).toBeGreaterThan(0);
  });
});
