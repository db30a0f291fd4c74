import { padEdges, searchAll } from './edge-search.ts';
import type { NumericCounts, NumericPlan } from './profile.ts';

/** Counts one numeric column. */
export interface NumberCounter {
  /** @param codes gets the code of each value: its bin, or the number of bins where it is missing or infinite */
  add(values: Float64Array, rows: number, codes: Uint16Array): void;
  counts(): NumericCounts;
}

/**
 * Cost: O(log edges) a value, O(edges) memory.
 */
export function numberCounter({ edges }: NumericPlan): NumberCounter {
  const padded = padEdges(edges);
  const bins = new Float64Array(padded.length);
  const size = edges.length + 1;
  let [missing, infinite, fractions, sum, sumSquares] = [0, 0, 0, 0, 0];
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  return {
    add(values, rows, codes) {
      searchAll(padded, values, { rows, codes });
      // Locals: what a closure holds is read from memory each time.
      let [fractional, total, squares, low, high] = [0, 0, 0, min, max];
      for (let row = 0; row < rows; row += 1) {
        const value = values[row] as number;
        // NaN and infinities alike.
        if (value - value !== 0) {
          if (Number.isNaN(value)) missing += 1;
          else infinite += 1;
          codes[row] = size;
          continue;
        }
        const bin = codes[row] as number;
        bins[bin] = (bins[bin] as number) + 1;
        total += value;
        squares += value * value;
        if (value < low) low = value;
        if (value > high) high = value;
        fractional += Number(Math.floor(value) !== value);
      }
      sum += total;
      sumSquares += squares;
      fractions += fractional;
      min = low;
      max = high;
    },
    counts: () => ({
      kind: 'numeric',
      missing,
      infinite,
      bins: Array.from(bins.subarray(0, size)),
      sum,
      sumSquares,
      // −0 is written as 0 and would not come back.
      min: min + 0,
      max: max + 0,
      fractions,
    }),
  };
}
