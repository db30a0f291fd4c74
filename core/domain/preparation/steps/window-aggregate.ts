import type { WindowAggregate, WindowStep } from '../declaration.ts';
import { type Cell, categoryOf, isMissing, type Row } from '../row.ts';

interface Seen {
  readonly atMs: number;
  readonly cell: Cell;
}

/**
 * An aggregate of what was known of earlier rows with the same key. A row at t sees rows of times before t, and of these only those
 * whose value was known by t: itself, rows of the same instant and labels that had not come yet are never among them.
 *
 * Rows have to come in the order of time. Missing values count for `count` only; without any value `mean`, `min`, `max` and `std` are missing.
 *
 * Cost: memory by keys and the rows of their windows.
 */
export function windowAggregate({ of, aggregate, by, time, lastRows, lastMs }: WindowStep, delayMs: number) {
  const seen = new Map<string, Seen[]>();
  let lastTime = Number.NEGATIVE_INFINITY;
  return {
    /** @returns undefined where the row's time is missing or before that of the row before */
    apply(row: Row): number | undefined {
      const atMs = row.get(time) as number;
      if (!(atMs >= lastTime)) return undefined;
      lastTime = atMs;
      const key = JSON.stringify(by.map((column) => categoryOf(row.get(column) as Cell)));
      const rows = seen.get(key) ?? [];
      const isKnown = (each: Seen) => each.atMs < atMs && each.atMs + delayMs <= atMs;
      const known = rows.filter(isKnown);
      const inWindow =
        lastMs === undefined ? known.slice(-(lastRows as number)) : known.filter((each) => each.atMs >= atMs - lastMs);
      const waiting = rows.filter((each) => !isKnown(each));
      seen.set(key, [...inWindow, ...waiting, { atMs, cell: row.get(of) as Cell }]);
      return summarise(inWindow, aggregate);
    },
  };
}

function summarise(rows: readonly Seen[], aggregate: WindowAggregate): number {
  if (aggregate === 'count') return rows.length;
  const cells = rows.map(({ cell }) => cell).filter((cell) => !isMissing(cell));
  if (aggregate === 'distinct') return new Set(cells).size;
  const values = cells as number[];
  const sum = values.reduce((total, value) => total + value, 0);
  if (aggregate === 'sum') return Math.fround(sum);
  if (values.length === 0) return Number.NaN;
  if (aggregate === 'min') return Math.min(...values);
  if (aggregate === 'max') return Math.max(...values);
  const mean = sum / values.length;
  if (aggregate === 'mean') return Math.fround(mean);
  return Math.fround(Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length));
}
