import { describe, expect, it } from 'vitest';
import { alphaOf, expectedFalseAlarms, historyNeeded } from '../../../../../core/domain/drift/verdict/false-alarms.ts';
import { verdictSettings } from '../../../../../core/domain/drift/verdict/verdict-settings.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';

const HOUR_MS = 3_600_000;
const settings = verdictSettings();

describe('expected false alarms', () => {
  it('aims at α, or at what the history can give', () => {
    expect(alphaOf(336, settings)).toBe(0.005);
    expect(alphaOf(40, settings)).toBe(1 / 41);
  });

  it('needs a history that keeps α below its limit', () => {
    expect(historyNeeded(settings)).toBe(19);
    expect(alphaOf(historyNeeded(settings), settings)).toBeLessThanOrEqual(settings.largestAlpha);
    expect(alphaOf(historyNeeded(settings) - 1, settings)).toBeGreaterThan(settings.largestAlpha);
  });

  it('matches the closed form for 2 of 3 against one history: 2 E[q²(1−q)] + E[q³], q ~ Beta(1, H)', () => {
    const h = 336;
    const second = 2 / ((h + 1) * (h + 2));
    const third = 6 / ((h + 1) * (h + 2) * (h + 3));
    const rates = expectedFalseAlarms({ windowMs: HOUR_MS, historyWindows: h }, settings);
    expect(rates.perWindow).toBeCloseTo(1 / 337, 12);
    expect(rates.pagesPerMonth).toBeCloseTo(730 * (2 * (second - third) + third), 10);
    expect(rates.suspectsPerMonth).toBeCloseTo(730 / 337, 10);
    expect(rates.slowDriftChecksPerMonth).toBeCloseTo(730 / 720, 10);
  });

  it('is none while the history is too short for a verdict', () => {
    const rates = expectedFalseAlarms({ windowMs: HOUR_MS, historyWindows: 18 }, settings);
    expect(rates).toEqual({
      alpha: 0.005,
      perWindow: 0,
      suspectsPerMonth: 0,
      pagesPerMonth: 0,
      slowDriftChecksPerMonth: 0,
    });
    expect(expectedFalseAlarms({ windowMs: HOUR_MS, historyWindows: 19 }, settings).perWindow).toBe(1 / 20);
  });

  it('is what α says of independent windows where rows are tested against the training set', () => {
    const twoSample = { ...settings, calibration: 'two-sample' } as const;
    const rates = expectedFalseAlarms({ windowMs: HOUR_MS, historyWindows: 0 }, twoSample);
    const q = 0.005;
    expect(rates).toMatchObject({ alpha: q, perWindow: q });
    expect(rates.pagesPerMonth).toBeCloseTo(730 * (2 * q ** 2 * (1 - q) + q ** 3), 12);
  });

  it('uses all of α where the history is a multiple of its inverse', () => {
    expect(expectedFalseAlarms({ windowMs: HOUR_MS, historyWindows: 199 }, settings).perWindow).toBe(1 / 200);
    expect(expectedFalseAlarms({ windowMs: HOUR_MS, historyWindows: 399 }, settings).perWindow).toBe(2 / 400);
    expect(expectedFalseAlarms({ windowMs: HOUR_MS, historyWindows: 398 }, settings).perWindow).toBe(1 / 399);
  });

  it('pages for every alarm where one of one is asked for', () => {
    const rates = expectedFalseAlarms(
      { windowMs: HOUR_MS, historyWindows: 336 },
      { ...settings, breaches: 1, ofWindows: 1 },
    );
    expect(rates.pagesPerMonth).toBeCloseTo(rates.suspectsPerMonth, 10);
  });

  it('falls with the length of windows', () => {
    const weekly = expectedFalseAlarms({ windowMs: 168 * HOUR_MS, historyWindows: 52 }, settings);
    expect(weekly.pagesPerMonth).toBeLessThan(0.02);
    expect(weekly.suspectsPerMonth).toBeCloseTo(730 / 168 / 53, 10);
  });

  it('bounds what a simulation of exceeding a shared history gives', () => {
    const random = createRandom(3);
    const h = 30;
    const aimed = { ...settings, alpha: 0.1 };
    let pages = 0;
    const runs = 20_000;
    for (let run = 0; run < runs; run += 1) {
      const history = Array.from({ length: h }, () => random.uniform()).sort((a, b) => b - a);
      const breach = () => random.uniform() > (history[2] as number);
      const [a, b, c] = [breach(), breach(), breach()];
      if (c && (a || b)) pages += 1;
    }
    const stated = expectedFalseAlarms({ windowMs: HOUR_MS, historyWindows: h }, aimed);
    expect(stated.perWindow).toBeCloseTo(3 / 31, 12);
    const p = stated.pagesPerMonth / 730;
    expect(Math.abs(pages / runs - p)).toBeLessThan(5 * Math.sqrt(p / runs));
  });
});
