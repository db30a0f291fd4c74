/** Two histograms over the union of their categories. */
export interface AlignedCategories {
  readonly categories: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/**
 * Counts of both sides over the union of the categories: those of the reference in its order, then those that only the current side has.
 * A category that one side lacks has count 0 there.
 *
 * Cost: O(categories).
 */
export function alignCategories(
  reference: ReadonlyMap<string, number>,
  current: ReadonlyMap<string, number>,
): AlignedCategories {
  const categories = [...new Set([...reference.keys(), ...current.keys()])];
  const countsIn = (counts: ReadonlyMap<string, number>) => categories.map((category) => counts.get(category) ?? 0);
  return { categories, reference: countsIn(reference), current: countsIn(current) };
}
