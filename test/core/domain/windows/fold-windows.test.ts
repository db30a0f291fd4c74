import { describe, expect, it } from 'vitest';
import type { History } from '../../../../core/domain/drift/profile/history.ts';
import { type VerdictOptions, verdictSettings } from '../../../../core/domain/drift/verdict/verdict-settings.ts';
import { startWatch } from '../../../../core/domain/drift/verdict/watch-state.ts';
import type { CountedWindow } from '../../../../core/domain/drift/verdict/watched-window.ts';
import { createBaseline } from '../../../../core/domain/drift/verdict/window-test.ts';
import { type FoldedWindow, historyLimitOf, windowFolder } from '../../../../core/domain/windows/fold-windows.ts';
import { columnsOf, HOUR_MS } from '../../../support/a-monitor.ts';
import { planOf, profileOf } from '../../../support/profile-rows.ts';

const training = columnsOf(12_000, { seed: 1 });
const plan = planOf(training, { bins: 20, predictions: ['score'] });
const reference = profileOf(plan, training);
const baseline = createBaseline(plan, reference);
const SMALL = 100;
const history: History = {
  rowsPerWindow: SMALL,
  windows: Array.from({ length: 120 }, (_, i) => ({
    profile: profileOf(plan, training, { from: i * SMALL, to: (i + 1) * SMALL, baseline: reference }),
    fromMs: null,
    toMs: null,
  })),
};
const START = Date.UTC(2026, 5, 1);

function window(
  hour: number,
  rows: number,
  change: (row: Record<string, number | string | null>) => typeof row = (row) => row,
) {
  const counted: CountedWindow = {
    fromMs: START + hour * HOUR_MS,
    toMs: START + (hour + 1) * HOUR_MS,
    profile: profileOf(plan, columnsOf(rows, { seed: 500 + hour, change }), { baseline: reference }),
  };
  return counted;
}

function folder(known: History | null = history, options: VerdictOptions = {}) {
  const fold = windowFolder({ baseline, history: known, settings: verdictSettings(options), lengthMs: HOUR_MS });
  let state = startWatch(baseline, []);
  return (next: CountedWindow): FoldedWindow => {
    const folded = fold(state, next);
    state = folded.state;
    return folded;
  };
}

describe('a monitor as a fold over windows', () => {
  it('compares the first window with the training set, cut to as many rows as it has', () => {
    const { verdict } = folder()(window(0, 600));
    expect(verdict).toMatchObject({ state: 'OK', calibration: 'CALIBRATED', historyWindows: 20, rows: 600 });
    expect(folder()(window(0, 300)).verdict.historyWindows).toBe(40);
  });

  it('says of a window without rows what it would have been compared with', () => {
    const { verdict } = folder()(window(0, 0));
    expect(verdict).toMatchObject({ state: 'INSUFFICIENT_DATA', rows: 0, historyWindows: 120 });
  });

  it('remembers windows of traffic alone', () => {
    const fold = folder();
    fold(window(0, 600));
    const { state } = fold(window(1, 600));
    expect(state.history.map(({ fromMs }) => fromMs)).toEqual([START, START + HOUR_MS]);
  });

  it('lets the training set go when traffic alone reaches the alpha that is aimed at', () => {
    const fold = folder(history, { alpha: 0.05 });
    let last = fold(window(0, 600));
    for (let hour = 1; hour < 30; hour += 1) last = fold(window(hour, 600));
    // 19 windows of traffic reach 1/20.
    expect(last.verdict.historyWindows).toBe(last.state.history.length - 1);
    expect(last.verdict.historyWindows).toBeGreaterThanOrEqual(19);
  });

  it('is a function of what it knew and of the window', () => {
    const fold = windowFolder({ baseline, history, settings: verdictSettings(), lengthMs: HOUR_MS });
    const before = fold(startWatch(baseline, []), window(0, 600)).state;
    const copy = JSON.stringify(before);
    const drifted = window(1, 600, (row) => ({ ...row, amount: (row['amount'] as number) + 1 }));
    const [first, second] = [fold(before, drifted), fold(before, drifted)];
    expect(first).toEqual(second);
    expect(first.verdict.state).toBe('SUSPECT');
    expect(JSON.stringify(before)).toBe(copy);
  });

  it('tests against the training set where that has no order of time, uncalibrated, until enough traffic was accepted', () => {
    const fold = folder(null);
    expect(fold(window(0, 600)).verdict).toMatchObject({ state: 'OK', calibration: 'UNCALIBRATED' });
    let last = fold(window(1, 600));
    for (let hour = 2; hour < 24; hour += 1) last = fold(window(hour, 600));
    expect(last.verdict).toMatchObject({ state: 'OK', calibration: 'CALIBRATED' });
  });

  it('keeps drifting windows out of what later ones are compared with', () => {
    const fold = folder();
    fold(window(0, 600));
    const shifted = (hour: number) => window(hour, 600, (row) => ({ ...row, amount: (row['amount'] as number) + 1 }));
    fold(shifted(1));
    const { verdict, state } = fold(shifted(2));
    expect(verdict.state).toBe('DRIFT');
    expect(state.history.map(({ fromMs }) => fromMs)).toEqual([START]);
  });

  it('keeps fewer windows of a plan with many columns, and never too few', () => {
    expect(historyLimitOf(plan, 672)).toBe(672);
    const wide = { columns: Array.from({ length: 3_000 }, () => plan.columns[0] as never), correlated: [] };
    expect(historyLimitOf(wide, 672)).toBe(Math.floor(8_000_000 / (3_000 * 20)));
    const wider = { columns: Array.from({ length: 30_000 }, () => plan.columns[0] as never), correlated: [] };
    expect(historyLimitOf(wider, 672)).toBe(40);
  });
});
