import { type KllSketch, kllSketch, sketchedEdges, weightedValues } from './kll-sketch.ts';
import { quantileEdges } from './quantile-edges.ts';

/** What a numeric column of a baseline is like. */
export interface NumberSummary {
  readonly missing: number;
  readonly infinite: number;
  readonly finite: number;
  /** Finite values that are not whole. */
  readonly fractions: number;
  /** Over the finite values; NaN where there are none. */
  readonly mean: number;
  /** Of the population: divided by n. */
  readonly standardDeviation: number;
  readonly sum: number;
  /** Infinity and -Infinity where there is no finite value. */
  readonly min: number;
  readonly max: number;
  /** By `quantileEdges`; where a column has no more values than bins, the values themselves. */
  readonly edges: readonly number[];
  /** Of the KLL sketch. */
  readonly levels: readonly (readonly number[])[];
}

export interface NumberSummariser {
  add(values: Float64Array, rows: number): void;
  summary(): NumberSummary;
}

/**
 * Finds out how to count a numeric column, in one pass.
 *
 * A column with at most `bins` different values gets each of them as an edge: the quantiles of a flag that is 1 in one row of a
 * hundred are all 0, and no bin would tell a one from a zero.
 *
 * @param options.exactLimit values that are kept as they are; beyond it quantiles are the sketch's
 *
 * Cost: O(log) a value amortised; memory by `exactLimit`.
 */
export function numberSummariser({ bins, exactLimit }: { bins: number; exactLimit: number }): NumberSummariser {
  let exact: Float64Array | undefined = new Float64Array(Math.min(1024, exactLimit));
  const sketch: KllSketch = kllSketch();
  const few = new Set<number>();
  let [missing, infinite, fractions, finite, mean, squares, sum] = [0, 0, 0, 0, 0, 0, 0];
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const keep = (value: number): void => {
    if (exact === undefined) return;
    if (finite > exactLimit) exact = undefined;
    else {
      if (finite > exact.length) exact = grown(exact, Math.min(exactLimit, 2 * exact.length));
      exact[finite - 1] = value;
    }
  };
  const addFinite = (value: number): void => {
    finite += 1;
    // Welford's: a sum of squares of large numbers that differ little loses all its digits.
    const change = value - mean;
    if (Number.isFinite(change)) {
      mean += change / finite;
      squares += change * (value - mean);
    } else {
      // Between the largest numbers the difference overflows, and so does its square.
      mean += value / finite - mean / finite;
      squares = Number.POSITIVE_INFINITY;
    }
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
    fractions += Number(Math.floor(value) !== value);
    if (few.size <= bins) few.add(value);
    keep(value);
    sketch.add(value);
  };
  return {
    add(values, rows) {
      for (let row = 0; row < rows; row += 1) {
        const value = values[row] as number;
        if (Number.isFinite(value)) addFinite(value);
        else if (Number.isNaN(value)) missing += 1;
        else infinite += 1;
      }
    },
    summary() {
      const levels = sketch.levels();
      return {
        missing,
        infinite,
        finite,
        fractions,
        mean: finite === 0 ? Number.NaN : mean,
        standardDeviation: finite === 0 ? Number.NaN : Math.sqrt(squares / finite),
        sum,
        min: min + 0,
        max: max + 0,
        edges: edgesOf({ few, bins, exact: exact?.subarray(0, finite), levels }),
        levels,
      };
    },
  };
}

interface Known {
  readonly few: ReadonlySet<number>;
  readonly bins: number;
  readonly exact: Float64Array | undefined;
  readonly levels: readonly (readonly number[])[];
}

function edgesOf({ few, bins, exact, levels }: Known): number[] {
  if (few.size <= bins) return edgesOfFew([...few].sort((a, b) => a - b));
  return exact ? quantileEdges(exact.toSorted(), bins) : sketchedEdges(weightedValues(levels), bins);
}

/** All values, and what is just above the largest: else a larger one would lie in its bin. The first's bin takes what is smaller. */
function edgesOfFew(values: readonly number[]): number[] {
  const last = values.at(-1);
  return last === undefined ? [] : [...values, nextAbove(last)].filter(Number.isFinite);
}

/** About the next number of single precision, which is what most models are asked in. */
const nextAbove = (value: number): number => value + Math.max(2 ** -149, Math.abs(value) * 2 ** -23);

function grown(values: Float64Array, length: number): Float64Array {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}
