import { finite, isSeries, type MathValue, mapSeries, type Series } from './series.ts';

/** What a function can ask for beside its parameters. */
export interface Surroundings {
  /** Beginnings of all periods, oldest first. */
  readonly timeline: readonly number[];
  readonly periodMs: number;
  /** Every metric of the request, by id. */
  metrics(): ReadonlyMap<string, Series>;
  /** @throws ValidationError */
  fail(reason: string): never;
}

type MathFunction = (parameters: readonly MathValue[], surroundings: Surroundings) => MathValue;

const listOf = (value: MathValue | undefined): readonly Series[] | undefined =>
  Array.isArray(value) ? (value as readonly Series[]) : undefined;

/** A function of one value at a time. */
const each =
  (change: (value: number) => number): MathFunction =>
  ([value], { fail }) => {
    if (typeof value === 'number') return change(value);
    if (value !== undefined && isSeries(value)) return mapSeries(value, change);
    return listOf(value)?.map((series) => mapSeries(series, change)) ?? fail('a metric is expected');
  };

/** Of several series one, period by period; of one series one number. */
const reduce =
  (combine: (values: readonly number[]) => number): MathFunction =>
  ([value], { timeline, fail }) => {
    if (value !== undefined && typeof value !== 'number' && isSeries(value)) return combine([...value.values()]);
    const list = listOf(value) ?? fail('a metric or a list of metrics is expected');
    return finite(
      timeline.flatMap((atMs) => {
        const values = list.flatMap((series) => series.get(atMs) ?? []);
        return values.length === 0 ? [] : [[atMs, combine(values)] as const];
      }),
    );
  };

/** Of one series a series, value by value with the one before. */
const step =
  (change: (now: readonly [number, number], before: readonly [number, number]) => number): MathFunction =>
  ([value], { fail }) => {
    if (value === undefined || !isSeries(value)) return fail('a metric is expected');
    const entries = [...value];
    return finite(entries.slice(1).map((now, index) => [now[0], change(now, entries[index] ?? now)]));
  };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

const fill: MathFunction = ([value, filler], { timeline, fail }) => {
  const fillOne = (series: Series): Series => {
    let last: number | undefined;
    return finite(
      timeline.flatMap((atMs, index) => {
        const own = series.get(atMs);
        if (own !== undefined) last = own;
        const filled = own ?? fillerAt(index, atMs, { series, last });
        return filled === undefined ? [] : [[atMs, filled] as const];
      }),
    );
  };
  const fillerAt = (index: number, atMs: number, { series, last }: { series: Series; last: number | undefined }) => {
    if (typeof filler === 'number') return filler;
    if (filler === REPEAT) return last;
    if (filler === LINEAR) return between(series, timeline, index);
    return filler !== undefined && isSeries(filler)
      ? filler.get(atMs)
      : fail('FILL takes a number, a metric, REPEAT or LINEAR');
  };
  if (value !== undefined && isSeries(value)) return fillOne(value);
  return listOf(value)?.map(fillOne) ?? fail('FILL takes a metric');
};

/** What `REPEAT` and `LINEAR` stand for. */
export const REPEAT: Series = new Map();
export const LINEAR: Series = new Map();

function between(series: Series, timeline: readonly number[], index: number): number | undefined {
  const [before, after] = [
    timeline.slice(0, index).findLast((at) => series.has(at)),
    timeline.slice(index).find((at) => series.has(at)),
  ];
  const at = timeline[index];
  if (before === undefined || after === undefined || at === undefined) return undefined;
  const [low, high] = [series.get(before) ?? 0, series.get(after) ?? 0];
  return low + ((high - low) * (at - before)) / (after - before);
}

const choose: MathFunction = ([condition, yes, no], { timeline, fail }) => {
  if (condition === undefined || yes === undefined) return fail('IF takes a condition and what follows from it');
  const at = (value: MathValue, atMs: number): number | undefined =>
    typeof value === 'number' ? value : isSeries(value) ? value.get(atMs) : fail('IF takes numbers and single metrics');
  if (typeof condition === 'number') return condition !== 0 ? yes : (no ?? new Map());
  return finite(
    timeline.flatMap((atMs) => {
      const test = at(condition, atMs);
      const branch = test === undefined ? undefined : test !== 0 ? yes : no;
      const value = branch === undefined ? undefined : at(branch, atMs);
      return value === undefined ? [] : [[atMs, value] as const];
    }),
  );
};

const runningSum: MathFunction = ([value], { fail }) => {
  if (value === undefined || !isSeries(value)) return fail('RUNNING_SUM takes a metric');
  let total = 0;
  return mapSeries(value, (own) => {
    total += own;
    return total;
  });
};

const edge =
  (index: 0 | -1): MathFunction =>
  ([value], { fail }) =>
    listOf(value)?.at(index) ?? fail('a list of metrics is expected');

/** The functions of metric math that are available here, by name. */
export const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  ABS: each(Math.abs),
  AVG: reduce(mean),
  CEIL: each(Math.ceil),
  DIFF: step((now, before) => now[1] - before[1]),
  DIFF_TIME: step((now, before) => (now[0] - before[0]) / 1000),
  FILL: fill,
  FIRST: edge(0),
  FLOOR: each(Math.floor),
  IF: choose,
  LAST: edge(-1),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  MAX: reduce((values) => Math.max(...values)),
  METRIC_COUNT: ([value], { fail }) => listOf(value)?.length ?? fail('a list of metrics is expected'),
  MIN: reduce((values) => Math.min(...values)),
  PERIOD: (_, { periodMs }) => periodMs / 1000,
  RATE: step((now, before) => (now[1] - before[1]) / ((now[0] - before[0]) / 1000)),
  RUNNING_SUM: runningSum,
  STDDEV: reduce(deviation),
  SUM: reduce(sum),
  TIME_SERIES: ([value], { timeline, fail }) =>
    typeof value === 'number' ? new Map(timeline.map((atMs) => [atMs, value])) : fail('TIME_SERIES takes a number'),
};
