import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cutInTime } from '../../../../../core/domain/drift/verdict/history-windows.ts';
import { verdictSettings } from '../../../../../core/domain/drift/verdict/verdict-settings.ts';
import { startWatch } from '../../../../../core/domain/drift/verdict/watch-state.ts';
import { watchWindow } from '../../../../../core/domain/drift/verdict/watch-window.ts';
import type { CountedWindow } from '../../../../../core/domain/drift/verdict/watched-window.ts';
import { createBaseline } from '../../../../../core/domain/drift/verdict/window-test.ts';
import type { WindowVerdict } from '../../../../../core/domain/drift/verdict/window-verdict.ts';
import { type Columns, planOf, profileOf } from '../../../../support/profile-rows.ts';
import { missing, SHARED } from '../../../../support/shared.ts';

const WEEK_MS = 7 * 24 * 3_600_000;

function readColumns(file: string): Record<string, (number | string | null)[]> {
  const text = gunzipSync(readFileSync(join(SHARED, 'data', file))).toString('utf8');
  const [header = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(','));
  const parse = (cell = '') => (cell === '' ? null : Number.isNaN(Number(cell)) ? cell : Number(cell));
  return Object.fromEntries(header.map((name, i) => [name, rows.map((row) => parse(row[i]))]));
}

const pick = (columns: Columns, names: readonly string[]): Columns =>
  Object.fromEntries(names.map((name) => [name, columns[name] as number[]]));

/** Verdicts of the weeks after a training set, whose weeks are the history. */
function watchWeeks(
  columns: Columns,
  { first, rowsPerWeek, weeks }: Record<'first' | 'rowsPerWeek' | 'weeks', number>,
) {
  const training = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(0, first)]));
  const plan = planOf(training);
  const reference = profileOf(plan, training);
  const baseline = createBaseline(plan, reference);
  const window = (from: number, to: number): CountedWindow => ({
    fromMs: (from / rowsPerWeek) * WEEK_MS,
    toMs: (to / rowsPerWeek) * WEEK_MS,
    profile: profileOf(plan, columns, { from, to, baseline: reference }),
  });
  let state = startWatch(
    baseline,
    cutInTime(first, rowsPerWeek).map(([from, to]) => window(from, to)),
  );
  return Array.from({ length: weeks }, (_, week): WindowVerdict => {
    const from = first + week * rowsPerWeek;
    const next = watchWindow(baseline, { state, window: window(from, from + rowsPerWeek) }, verdictSettings());
    state = next.state;
    return next.verdict;
  });
}

const noElec2 = missing('data', 'elec2.csv.gz');
const noBikes = missing('data', 'bike_hourly.csv.gz');

describe.skipIf(noElec2)(`elec2 by the week from row 13,440 ${noElec2 ?? ''}`, () => {
  const features = ['nswprice', 'nswdemand', 'vicprice', 'vicdemand', 'transfer', 'day', 'period'];
  const verdicts = noElec2
    ? []
    : watchWeeks(pick(readColumns('elec2.csv.gz'), features), { first: 13_440, rowsPerWeek: 336, weeks: 14 });

  it('is silent for the eleven weeks before Victoria joins the market', () => {
    expect(verdicts.slice(0, 11).filter(({ breached }) => breached)).toEqual([]);
  });

  it('is found in the week in which it does, whose last day it is', () => {
    expect(verdicts[11]).toMatchObject({ state: 'SUSPECT' });
    const moved = verdicts[11]?.columns.filter(({ breached }) => breached).map(({ column }) => column);
    expect(moved).toEqual(expect.arrayContaining(['vicprice', 'vicdemand', 'transfer']));
  });

  it('pages a week later, and goes on while it lasts', () => {
    expect(verdicts.slice(12).map(({ state }) => state)).toEqual(['DRIFT', 'DRIFT']);
  });
});

describe.skipIf(noBikes)(`weather of bike_hourly in 2012, by the week against 2011 ${noBikes ?? ''}`, () => {
  it('alarms in at most one of 51 weeks, and never pages', () => {
    const columns = readColumns('bike_hourly.csv.gz');
    const first = (columns['dteday'] as string[]).findIndex((day) => day.startsWith('2012'));
    const weather: Columns = {
      ...pick(columns, ['temp', 'atemp', 'hum', 'windspeed']),
      weathersit: (columns['weathersit'] as number[]).map(String),
    };
    const verdicts = watchWeeks(weather, { first, rowsPerWeek: 168, weeks: 51 });
    expect(verdicts.filter(({ breached }) => breached).length).toBeLessThanOrEqual(1);
    expect(verdicts.filter(({ state }) => state === 'DRIFT')).toEqual([]);
  });
});
