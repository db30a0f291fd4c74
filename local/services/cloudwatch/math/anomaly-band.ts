import type { Band, Series } from './series.ts';

const DAY_MS = 86_400_000;
const DAYS_BACK = 14;
/** Fewer earlier days with data at this time of day say nothing of what is usual. */
const LEAST_DAYS = 3;
/** What is exactly alike every day would give a band without width. */
const LEAST_SHARE_OF_MEAN = 0.05;

/** How far back the band looks. */
export const BAND_HISTORY_MS = (DAYS_BACK + 1) * DAY_MS;

/**
 * A stand-in for CloudWatch's trained model, which is not published: what is expected at a time of day is the mean of the same
 * period and its two neighbours on the fourteen days before, plus and minus so many standard deviations of these (each at least
 * 5 % of the mean). Where fewer than three of these days have data there is no band.
 *
 * @param valueAt the metric's value in the period that begins there
 */
export function anomalyBand(
  timeline: readonly number[],
  {
    deviations,
    periodMs,
    valueAt,
  }: { deviations: number; periodMs: number; valueAt: (atMs: number) => number | undefined },
): Band {
  const lower = new Map<number, number>();
  const upper = new Map<number, number>();
  for (const atMs of timeline) {
    const expected = expectation(atMs, { periodMs, valueAt });
    if (expected === undefined) continue;
    lower.set(atMs, expected.mean - deviations * expected.deviation);
    upper.set(atMs, expected.mean + deviations * expected.deviation);
  }
  return { lower: lower as Series, upper };
}

function expectation(
  atMs: number,
  { periodMs, valueAt }: { periodMs: number; valueAt: (atMs: number) => number | undefined },
): { mean: number; deviation: number } | undefined {
  const days = Array.from({ length: DAYS_BACK }, (_, day) =>
    [-1, 0, 1].flatMap((neighbour) => valueAt(atMs - (day + 1) * DAY_MS + neighbour * periodMs) ?? []),
  ).filter((values) => values.length > 0);
  if (days.length < LEAST_DAYS) return undefined;
  const values = days.flat();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.max(Math.sqrt(variance), Math.abs(mean) * LEAST_SHARE_OF_MEAN) };
}
