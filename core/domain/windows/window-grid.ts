/** `window`: the length that a service declares. A day and a week are sums of such windows, in UTC; a week starts on Monday. */
export type SeriesName = 'window' | 'day' | 'week';

export interface Grid {
  readonly series: SeriesName;
  /** Length of a declared window, which divides a day. */
  readonly windowMs: number;
}

export const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
/** 1970 began on a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

const LENGTHS: Readonly<Record<SeriesName, (windowMs: number) => number>> = {
  window: (windowMs) => windowMs,
  day: () => DAY_MS,
  week: () => WEEK_MS,
};

export const lengthOf = ({ series, windowMs }: Grid): number => LENGTHS[series](windowMs);

/** Start of the window that a moment lies in. */
export function startOf(grid: Grid, atMs: number): number {
  const length = lengthOf(grid);
  const origin = grid.series === 'week' ? FIRST_MONDAY_MS : 0;
  return Math.floor((atMs - origin) / length) * length + origin;
}
