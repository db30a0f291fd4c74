import { toCategory } from './row-batch.ts';

/** What a column of categories of a baseline is like. */
export interface CategorySummary {
  readonly missing: number;
  readonly present: number;
  /** Exact while there are no more than are kept; else at least as many. */
  readonly distinct: number;
  /** The most frequent first, at most `limit`; equally frequent ones in order of their text. */
  readonly categories: readonly { readonly value: string; readonly count: number }[];
}

export interface CategorySummariser {
  add(values: readonly (string | null)[], rows: number): void;
  summary(): CategorySummary;
}

/** How many are counted at a time for each that is wanted. */
const KEPT_PER_WANTED = 50;

/**
 * Finds the most frequent categories, in one pass.
 *
 * Counts are exact while at most 50 · `limit` categories appear. Beyond that the rarer half is forgotten whenever the table is full:
 * a category that makes up more than 1/(25 · limit) of the rows stays, its count short of at most that share.
 *
 * Cost: O(1) a value amortised; O(limit) memory.
 * Source: the idea of Manku & Motwani, Approximate Frequency Counts over Data Streams, VLDB 2002.
 */
export function categorySummariser(limit: number): CategorySummariser {
  const kept = limit * KEPT_PER_WANTED;
  let counts = new Map<string, number>();
  let [missing, present, most] = [0, 0, 0];
  return {
    add(values, rows) {
      for (let row = 0; row < rows; row += 1) {
        const value = values[row];
        if (value === null || value === undefined) {
          missing += 1;
          continue;
        }
        present += 1;
        const category = toCategory(value);
        counts.set(category, (counts.get(category) ?? 0) + 1);
        if (counts.size <= kept) continue;
        most = Math.max(most, counts.size);
        counts = new Map(byFrequency(counts).slice(0, Math.ceil(kept / 2)));
      }
    },
    summary: () => ({
      missing,
      present,
      distinct: Math.max(most, counts.size),
      categories: byFrequency(counts)
        .slice(0, limit)
        .map(([value, count]) => ({ value, count })),
    }),
  };
}

const byFrequency = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
