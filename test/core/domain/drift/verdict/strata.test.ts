import { describe, expect, it } from 'vitest';
import type { CategoryCounts, NumericCounts, Profile } from '../../../../../core/domain/drift/profile/profile.ts';
import { expectedProfile, weightedSum } from '../../../../../core/domain/drift/verdict/expected-profile.ts';
import { chooseStrata, comparable, stratumOf } from '../../../../../core/domain/drift/verdict/strata.ts';
import type { WatchedWindow } from '../../../../../core/domain/drift/verdict/watched-window.ts';

const HOUR_MS = 3_600_000;
const profile = (rows: number, low = rows, unseen = 0): Profile => ({
  rows,
  columns: [
    { kind: 'numeric', missing: 1, infinite: 2, bins: [low, rows - low], sum: 5, sumSquares: 7, min: low, max: rows },
    { kind: 'category', missing: 3, counts: [rows - unseen], unseen },
  ],
  crossMoments: [rows / 12],
});
const windowAt = (hour: number, channels: readonly number[] = [0], rows = 100, hours = 1): WatchedWindow => ({
  fromMs: hour * HOUR_MS,
  toMs: (hour + hours) * HOUR_MS,
  channels,
  profile: profile(rows),
});
const hourly = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => windowAt(from + i));
const half = [{ scale: 1, power: 0.5 }];

describe('strata', () => {
  it('are hours of the day from a week on, and hours of the week from four weeks on', () => {
    const week = 7 * 24;
    expect(chooseStrata(hourly(0, week - 1), windowAt(week - 1))).toBe('none');
    expect(chooseStrata(hourly(0, week), windowAt(week))).toBe('hour of day');
    expect(chooseStrata(hourly(0, 4 * week - 1), windowAt(4 * week - 1))).toBe('hour of day');
    expect(chooseStrata(hourly(0, 4 * week), windowAt(4 * week))).toBe('hour of week');
  });

  it('are days of the week for windows of days, and none for windows of weeks', () => {
    const days = Array.from({ length: 28 }, (_, day) => windowAt(24 * day, [0], 100, 24));
    expect(chooseStrata(days, windowAt(24 * 28, [0], 100, 24))).toBe('day of week');
    expect(chooseStrata(days.slice(1), windowAt(24 * 28, [0], 100, 24))).toBe('none');
    const weeks = Array.from({ length: 60 }, (_, week) => windowAt(168 * week, [0], 100, 168));
    expect(chooseStrata(weeks, windowAt(168 * 60, [0], 100, 168))).toBe('none');
  });

  it('count hours and days in UTC', () => {
    expect(stratumOf('hour of day', { fromMs: Date.UTC(2026, 0, 1, 17) })).toBe(17);
    expect(stratumOf('day of week', { fromMs: Date.UTC(2026, 0, 1) })).toBe(
      stratumOf('day of week', { fromMs: Date.UTC(2026, 0, 8, 23) }),
    );
    expect(stratumOf('hour of week', { fromMs: Date.UTC(2026, 0, 1, 5) })).not.toBe(
      stratumOf('hour of week', { fromMs: Date.UTC(2026, 0, 2, 5) }),
    );
    expect(stratumOf('none', { fromMs: 12345 })).toBe(0);
  });
});

describe('comparable windows', () => {
  it('are what they were without strata and with equal sizes', () => {
    const same = comparable({ history: [windowAt(0, [1]), windowAt(1, [2])], window: windowAt(2, [3]) }, 'none', half);
    expect(same).toEqual({ history: [[1], [2]], window: [3], rows: 100 });
  });

  it('shrink where a window is smaller than usual, and do not grow where it is larger', () => {
    const history = [windowAt(0, [1], 100), windowAt(1, [1], 400)];
    const window = windowAt(2, [1], 25);
    expect(comparable({ history, window }, 'none', half)).toEqual({ history: [[1], [1]], window: [0.5], rows: 100 });
    const quarter = [{ scale: 1, power: 0.25 }];
    expect(comparable({ history, window }, 'none', quarter).window[0]).toBeCloseTo(Math.SQRT1_2, 12);
  });

  it('lose the level of their stratum, scaled so that all are equally noisy', () => {
    const history = [windowAt(0, [10]), windowAt(1, [0]), windowAt(24, [12]), windowAt(25, [2])];
    const same = comparable({ history, window: windowAt(48, [14]) }, 'hour of day', half);
    // Hour 0: 10, 12, 14 about 12, three of them; hour 1: 0, 2 about 1, two of them.
    const three = Math.sqrt(1 - 1 / 3);
    const two = Math.sqrt(1 / 2);
    expect(same.history).toEqual([[-2 / three], [-1 / two], [0], [1 / two]]);
    expect(same.window).toEqual([2 / three]);
  });

  it('leave history out that is alone in its stratum', () => {
    const history = [windowAt(0, [10]), windowAt(5, [99])];
    expect(comparable({ history, window: windowAt(24, [12]) }, 'hour of day', half).history).toHaveLength(1);
  });
});

describe('what history lets one expect', () => {
  const at = (hour: number, one: Profile) => ({ fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS, profile: one });

  it('is a weighted sum of all counts', () => {
    const sum = weightedSum([profile(10, 4, 1), profile(20, 5, 2), profile(99)], [1, 2, 0]);
    expect(sum).toEqual({
      rows: 50,
      columns: [
        { kind: 'numeric', missing: 3, infinite: 6, bins: [14, 36], sum: 15, sumSquares: 21, min: 4, max: 20 },
        { kind: 'category', missing: 9, counts: [45], unseen: 5 },
      ],
      crossMoments: [(10 + 40) / 12],
    });
  });

  it('is the history of the same hour, as many rows as the window has', () => {
    const history = [at(0, profile(100, 10)), at(1, profile(100, 90)), at(24, profile(300, 30))];
    const expected = expectedProfile(history, [at(48, profile(40))], 'hour of day');
    expect(expected.rows).toBeCloseTo(40, 9);
    expect((expected.columns[0] as NumericCounts).bins[0]).toBeCloseTo(4, 9);
  });

  it('weighs hours as the windows do', () => {
    const history = [at(0, profile(100, 0)), at(1, profile(100, 100))];
    const expected = expectedProfile(history, [at(24, profile(30)), at(25, profile(10))], 'hour of day');
    expect((expected.columns[0] as NumericCounts).bins).toEqual([expect.closeTo(10, 9), expect.closeTo(30, 9)]);
  });

  it('is all history where the hour is unknown or strata are none', () => {
    const history = [at(0, profile(100, 0)), at(1, profile(300, 300))];
    for (const strata of ['hour of day', 'none'] as const) {
      const expected = expectedProfile(history, [at(26, profile(8))], strata);
      expect((expected.columns[0] as NumericCounts).bins).toEqual([expect.closeTo(6, 9), expect.closeTo(2, 9)]);
      expect((expected.columns[1] as CategoryCounts).counts[0]).toBeCloseTo(8, 9);
    }
  });
});
