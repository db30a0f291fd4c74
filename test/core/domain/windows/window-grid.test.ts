import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Grid, lengthOf, startOf } from '../../../../core/domain/windows/window-grid.ts';
import { parseWindowId, windowId } from '../../../../core/domain/windows/window-id.ts';

const MINUTE_MS = 60_000;
const grids = fc.record<Grid>({
  series: fc.constantFrom('window', 'day', 'week'),
  windowMs: fc.constantFrom(5, 15, 60, 180, 1_440).map((minutes) => minutes * MINUTE_MS),
});
const times = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2199, 11) });

describe('the grid of windows', () => {
  it('has weeks that start on Monday, and days at midnight, in UTC', () => {
    const at = Date.UTC(2026, 10, 25, 13, 39);
    const windowMs = 15 * MINUTE_MS;
    expect(startOf({ series: 'week', windowMs }, at)).toBe(Date.UTC(2026, 10, 23));
    expect(startOf({ series: 'day', windowMs }, at)).toBe(Date.UTC(2026, 10, 25));
    expect(startOf({ series: 'window', windowMs }, at)).toBe(Date.UTC(2026, 10, 25, 13, 30));
  });

  it('puts every moment into exactly one window, and windows next to each other', () => {
    fc.assert(
      fc.property(grids, times, (grid, at) => {
        const start = startOf(grid, at);
        expect(start).toBeLessThanOrEqual(at);
        expect(start + lengthOf(grid)).toBeGreaterThan(at);
        expect(startOf(grid, start)).toBe(start);
        expect(startOf(grid, start - 1)).toBe(start - lengthOf(grid));
      }),
    );
  });

  it('adds up: a day or a week begins and ends with a declared window', () => {
    fc.assert(
      fc.property(grids, times, (grid, at) => {
        const start = startOf(grid, at);
        for (const edge of [start, start + lengthOf(grid)])
          expect(startOf({ ...grid, series: 'window' }, edge)).toBe(edge);
      }),
    );
  });
});

describe('the id of a window', () => {
  it('is read as it was written, and sorts by time within a version and a series', () => {
    const names = fc.tuple(grids, times, fc.integer({ min: 1, max: 99_999_999 }));
    fc.assert(
      fc.property(names, times, ([grid, at, version], other) => {
        const name = (ms: number) => ({ version, series: grid.series, fromMs: startOf(grid, ms) });
        expect(parseWindowId(windowId(name(at)))).toEqual(name(at));
        const [a, b] = [windowId(name(at)), windowId(name(other))];
        expect(a < b).toBe(startOf(grid, at) < startOf(grid, other));
      }),
    );
  });

  it.each([
    '',
    '0.window.20261125T1000Z',
    '1.month.20261125T1000Z',
    '1.day.20261340T1000Z',
    '1.day.20261125',
    ' 1.day.20261125T0000Z',
  ])('fails to be %j', (text) => {
    expect(parseWindowId(text)).toBeUndefined();
  });
});
