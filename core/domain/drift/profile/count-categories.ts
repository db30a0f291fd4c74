import type { CategoryCounts, CategoryPlan } from './profile.ts';
import { toCategory } from './row-batch.ts';

/** Counts one column of categories. */
export interface CategoryCounter {
  add(values: readonly (string | null)[], rows: number): void;
  counts(): CategoryCounts;
}

/**
 * Cost: O(1) a value, O(categories of the plan) memory, whatever appears.
 */
export function categoryCounter({ categories }: CategoryPlan): CategoryCounter {
  const places = new Map(categories.map((category, place) => [category, place]));
  const counts = new Float64Array(categories.length);
  let missing = 0;
  let unseen = 0;
  return {
    add(values, rows) {
      for (let row = 0; row < rows; row += 1) {
        const value = values[row];
        if (value === null || value === undefined) {
          missing += 1;
          continue;
        }
        const place = places.get(toCategory(value));
        if (place === undefined) unseen += 1;
        else counts[place] = (counts[place] as number) + 1;
      }
    },
    counts: () => ({ kind: 'category', missing, counts: Array.from(counts), unseen }),
  };
}
