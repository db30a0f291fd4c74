import type { Distribution } from './distribution.ts';

const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** Whether it is a statistic that is available here: the five plain ones and percentiles. */
export const isStatistic = (name: string): boolean => name in PLAIN || PERCENTILE.test(name);

const PLAIN: Readonly<Record<string, (distribution: Distribution) => number>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

/** @returns undefined where there is no such value: nothing came, or a percentile of what is known by its sums only */
export function statistic(distribution: Distribution, name: string): number | undefined {
  if (distribution.count <= 0) return undefined;
  const plain = PLAIN[name];
  if (plain !== undefined) return plain(distribution);
  const percent = Number(PERCENTILE.exec(name)?.[1]);
  return distribution.values === undefined ? undefined : percentile(distribution, percent);
}

/** The smallest value that at least so many percent of all values do not exceed (nearest rank). */
function percentile({ values = new Map(), count, min, max }: Distribution, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * count));
  let seen = 0;
  for (const [value, times] of [...values].sort(([a], [b]) => a - b)) {
    seen += times;
    // A value that is kept to three digits must not lie outside of what came.
    if (seen >= rank) return Math.min(max, Math.max(min, value));
  }
  return max;
}
