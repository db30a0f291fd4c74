import type { ReadPoints } from '../math/evaluate-queries.ts';
import type { Metric, Unit } from '../metrics/metric.ts';
import type { Point } from '../metrics/metric-store.ts';

/** Reads each metric of a stretch of time once, for the many evaluations that lie in it. */
export interface ReadAhead {
  readonly read: ReadPoints;
  /** When the first point at or after a moment came, of all metrics that were read. */
  firstPointFrom(atMs: number): number | undefined;
}

export function createReadAhead(
  source: ReadPoints,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): ReadAhead {
  const known = new Map<string, readonly Point[]>();
  const load = (metric: Metric, unit: Unit | undefined): readonly Point[] => {
    const key = JSON.stringify([metric, unit]);
    const points = known.get(key) ?? source(metric, { fromMs, untilMs, unit });
    known.set(key, points);
    return points;
  };
  return {
    read(metric, range) {
      const points = load(metric, range.unit);
      return points.slice(lowerBound(points, range.fromMs), lowerBound(points, range.untilMs));
    },
    firstPointFrom(atMs) {
      const firsts = [...known.values()].flatMap((points) => points[lowerBound(points, atMs)]?.atMs ?? []);
      return firsts.length === 0 ? undefined : Math.min(...firsts);
    },
  };
}

function lowerBound(points: readonly Point[], atMs: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.atMs ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
