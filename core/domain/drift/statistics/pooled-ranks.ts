import { PlatformError } from '../../errors.ts';

/** Rows of numbers, all of the same length. */
export type Rows = readonly ArrayLike<number>[];

/**
 * Mid-ranks of every column in the pooled rows of two samples, scaled to (0, 1).
 *
 *     (rank − ½) / (n + m)
 *
 * NaN counts as one value below all others.
 *
 * @param reference at least one row
 * @param current at least one row
 * @returns per column, reference rows first, shape `[columns][n + m]`
 * @throws `drift.bins_mismatch` for a row of another length than the first
 *
 * Cost: O(columns · N log N).
 */
export function pooledRanks(reference: Rows, current: Rows): Float64Array[] {
  const rows = [...reference, ...current];
  const columns = rows[0]?.length ?? 0;
  for (const row of rows) if (row.length !== columns) throw unequalRows(columns, row.length);
  return Array.from({ length: columns }, (_, column) =>
    ranksOf(Float64Array.from(rows, (row) => row[column] as number)),
  );
}

const unequalRows = (reference: number, current: number) =>
  new PlatformError('drift.bins_mismatch', {
    message: `one row has ${reference} columns, another ${current}; give rows of the same columns`,
    details: { reference, current },
  });

/** Missing values first. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a < b ? -1 : Number(a > b);
}

function ranksOf(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, row) => row).sort((a, b) =>
    compare(values[a] as number, values[b] as number),
  );
  const ranks = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    const value = values[order[from] as number] as number;
    while (to < order.length && compare(value, values[order[to] as number] as number) === 0) to += 1;
    for (const row of order.subarray(from, to)) ranks[row] = (from + to) / (2 * values.length);
  }
  return ranks;
}
