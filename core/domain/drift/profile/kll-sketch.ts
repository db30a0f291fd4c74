/** Quantiles of any number of values in bounded memory. Values of level l stand for 2^l each. */
export interface KllSketch {
  /** @param value finite */
  add(value: number): void;
  /** Level by level, as Model Monitor's files have it. */
  levels(): number[][];
}

/** As Model Monitor: sketch size and shrinking factor. */
export const KLL_K = 2048;
export const KLL_C = 0.64;
/** Lower levels could do with 8, but would be sorted as often as they are filled. */
const LEAST_CAPACITY = 128;

/**
 * The sketch of Karnin, Lang and Liberty: a stack of compactors, each of which, when all are full, hands every other of its sorted
 * values to the next, where it counts twice. Which half is kept alternates, so that the same values give the same sketch.
 *
 * Exact up to k values. Beyond, ranks are off by less than 0.2 % of all values with k = 2048.
 *
 * Cost: O(log k) a value amortised; O(k / (1 − c)) memory, whatever the number of values.
 * Source: Karnin, Lang, Liberty, Optimal Quantile Approximation in Streams, FOCS 2016.
 */
export function kllSketch({ k = KLL_K, c = KLL_C }: { k?: number; c?: number } = {}): KllSketch {
  const levels: number[][] = [[]];
  const keepsOdd = [false];
  let capacities = [k];
  let capacity = k;
  let size = 0;
  const raise = (): void => {
    levels.push([]);
    keepsOdd.push(false);
    const top = levels.length - 1;
    capacities = levels.map((_, level) => Math.max(LEAST_CAPACITY, Math.ceil(k * c ** (top - level))));
    capacity = capacities.reduce((sum, each) => sum + each, 0);
  };
  const compact = (): void => {
    const level = levels.findIndex((values, at) => values.length >= (capacities[at] as number));
    if (level === levels.length - 1) raise();
    const sorted = Float64Array.from(levels[level] as number[]).sort();
    const next = levels[level + 1] as number[];
    const pairs = sorted.length - (sorted.length % 2);
    for (let at = keepsOdd[level] ? 1 : 0; at < pairs; at += 2) next.push(sorted[at] as number);
    keepsOdd[level] = !keepsOdd[level];
    size -= pairs / 2;
    // One of an odd number stays, so that weights add up to the number of values.
    levels[level] = Array.from(sorted.subarray(pairs));
  };
  return {
    add(value) {
      (levels[0] as number[]).push(value);
      size += 1;
      while (size > capacity) compact();
    },
    levels: () => levels.map((values) => [...values]),
  };
}

/** Values with how many each stands for, ascending. */
export interface WeightedValues {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/** What levels say: each value once, with the weights of all its appearances. */
export function weightedValues(levels: readonly (readonly number[])[]): WeightedValues {
  const weights = new Map<number, number>();
  for (const [level, values] of levels.entries()) {
    for (const value of values) weights.set(value + 0, (weights.get(value + 0) ?? 0) + 2 ** level);
  }
  const sorted = Float64Array.from(weights.keys()).sort();
  return { values: sorted, weights: sorted.map((value) => weights.get(value) as number) };
}

/**
 * Edges of quantile bins from a sketch: `quantileEdges` for values that are too many to keep.
 *
 * @returns the smallest values at or below which at least i/bins of all lie, 0 < i < bins, without repetition
 */
export function sketchedEdges({ values, weights }: WeightedValues, bins: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const edges: number[] = [];
  let at = 0;
  let below = weights[0] ?? 0;
  for (let i = 1; i < bins && values.length > 0; i += 1) {
    while (below < (total * i) / bins) {
      at += 1;
      below += weights[at] as number;
    }
    const edge = values[at] as number;
    if (edges.length === 0 || edge > (edges.at(-1) as number)) edges.push(edge);
  }
  return edges;
}
