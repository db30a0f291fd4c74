import type { RankScale } from './rank-scale.ts';

/** Sums of products of ranks, over rows that are added. */
export interface CrossMoments {
  /** @param codes by column: code of each row, see `RankScale`; rows `[from, to)` of them are added */
  add(codes: readonly Uint16Array[], from: number, to: number): void;
  /** Upper triangle, row by row. */
  sums(): number[];
}

/** Rows whose ranks lie in the processor's nearest cache for 40 columns. */
const CHUNK = 64;

/**
 * Adds up u_i · u_j for all pairs of columns i ≤ j.
 *
 * Cost: O(columns²) a row, O(columns²) memory.
 */
export function crossMoments(scales: readonly RankScale[]): CrossMoments {
  const columns = scales.length;
  const ranks = new Float64Array(columns * CHUNK);
  const sums = new Float64Array((columns * (columns + 1)) / 2);
  const addChunk = (codes: readonly Uint16Array[], from: number, rows: number): void => {
    for (let column = 0; column < columns; column += 1) {
      const scale = scales[column] as RankScale;
      const code = codes[column] as Uint16Array;
      for (let row = 0; row < rows; row += 1) {
        ranks[column * CHUNK + row] = scale[code[from + row] as number] as number;
      }
    }
    let pair = 0;
    for (let i = 0; i < columns; i += 1) {
      for (let j = i; j < columns; j += 1) {
        sums[pair] = (sums[pair] as number) + dot(ranks, { i: i * CHUNK, j: j * CHUNK, rows });
        pair += 1;
      }
    }
  };
  return {
    add(codes, from, to) {
      if (columns === 0) return;
      for (let at = from; at < to; at += CHUNK) addChunk(codes, at, Math.min(CHUNK, to - at));
    },
    sums: () => Array.from(sums),
  };
}

/** Four sums at a time: an addition waits for the one before it. */
function dot(values: Float64Array, { i, j, rows }: { i: number; j: number; rows: number }): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    a += (values[i + row] as number) * (values[j + row] as number);
    b += (values[i + row + 1] as number) * (values[j + row + 1] as number);
    c += (values[i + row + 2] as number) * (values[j + row + 2] as number);
    d += (values[i + row + 3] as number) * (values[j + row + 3] as number);
  }
  for (; row < rows; row += 1) a += (values[i + row] as number) * (values[j + row] as number);
  return a + b + (c + d);
}
