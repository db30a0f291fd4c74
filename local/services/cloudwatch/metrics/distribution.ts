/** The values of one metric within some time, as far as statistics need them. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** How often each value came; undefined where only sums were published, of which there are no percentiles. */
  readonly values: ReadonlyMap<number, number> | undefined;
}

/** Above so many different values they are kept to three digits, so that memory stays bounded: percentiles are then within 0.5 %. */
const EXACT_VALUES = 1000;
const DIGITS = 3;

/** A set of sums; with a single value, or values that are all alike, its distribution is known. */
export function statisticSet({
  SampleCount,
  Sum,
  Minimum,
  Maximum,
}: {
  SampleCount: number;
  Sum: number;
  Minimum: number;
  Maximum: number;
}): Distribution {
  const values = Minimum === Maximum ? new Map([[Minimum, SampleCount]]) : undefined;
  return { count: SampleCount, sum: Sum, min: Minimum, max: Maximum, values };
}

export function merge(parts: readonly Distribution[]): Distribution {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  let values: ReadonlyMap<number, number> | undefined;
  return {
    count: parts.reduce((sum, part) => sum + part.count, 0),
    sum: parts.reduce((sum, part) => sum + part.sum, 0),
    min: parts.reduce((least, part) => Math.min(least, part.min), Number.POSITIVE_INFINITY),
    max: parts.reduce((most, part) => Math.max(most, part.max), Number.NEGATIVE_INFINITY),
    // Only percentiles ask for them.
    get values() {
      values ??= mergeValues(parts);
      return values;
    },
  };
}

function mergeValues(parts: readonly Distribution[]): ReadonlyMap<number, number> | undefined {
  const collector = createCollector();
  for (const { values } of parts) {
    if (values === undefined) return undefined;
    for (const [value, count] of values) collector.add(value, count);
  }
  return collector.take().values;
}

/** Gathers values one by one, cheaply enough for every request. */
export interface Collector {
  add(value: number, count?: number): void;
  take(): Distribution;
}

export function createCollector(): Collector {
  let values = new Map<number, number>();
  let isRounded = false;
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  return {
    add(value, times = 1) {
      count += times;
      sum += value * times;
      if (value < min) min = value;
      if (value > max) max = value;
      const key = isRounded ? rounded(value) : value;
      values.set(key, (values.get(key) ?? 0) + times);
      if (isRounded || values.size <= EXACT_VALUES) return;
      isRounded = true;
      const coarse = new Map<number, number>();
      for (const [exact, each] of values) coarse.set(rounded(exact), (coarse.get(rounded(exact)) ?? 0) + each);
      values = coarse;
    },
    take: () => ({ count, sum, min, max, values }),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(DIGITS));
