import { mismatch } from './mismatch.ts';
import type { CategoryCounts, ColumnCounts, NumericCounts, Profile, ProfilePlan } from './profile.ts';

/** Counts of no rows at all: merged with others, it changes nothing. */
export const emptyProfile = ({ columns, correlated }: ProfilePlan): Profile => ({
  rows: 0,
  columns: columns.map((column) =>
    column.kind === 'numeric'
      ? {
          kind: 'numeric',
          missing: 0,
          infinite: 0,
          bins: new Array<number>(column.edges.length + 1).fill(0),
          sum: 0,
          sumSquares: 0,
          min: Number.POSITIVE_INFINITY,
          max: Number.NEGATIVE_INFINITY,
          fractions: 0,
        }
      : { kind: 'category', missing: 0, counts: new Array<number>(column.categories.length).fill(0), unseen: 0 },
  ),
  crossMoments: new Array<number>((correlated.length * (correlated.length + 1)) / 2).fill(0),
});

/**
 * The counts of the union of sets of rows, from the counts of each.
 *
 * Exact, commutative and associative; the sums of values and the cross-moments up to the rounding of a sum of doubles.
 *
 * @throws `profile.mismatch` when they were not counted by the same plan
 *
 * Cost: O(profiles · bins).
 */
export function mergeProfiles(first: Profile, ...others: readonly Profile[]): Profile {
  const sum = copyOf(first);
  for (const profile of others) addProfile(sum, profile);
  return sum;
}

type Mutable<T> = T extends readonly number[]
  ? number[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

function copyOf(profile: Profile): Mutable<Profile> {
  return {
    rows: profile.rows,
    columns: profile.columns.map((column) =>
      column.kind === 'numeric' ? { ...column, bins: [...column.bins] } : { ...column, counts: [...column.counts] },
    ),
    crossMoments: [...profile.crossMoments],
  } as Mutable<Profile>;
}

function addProfile(sum: Mutable<Profile>, { rows, columns, crossMoments }: Profile): void {
  if (columns.length !== sum.columns.length) {
    throw mismatch('a profile', { expected: `${sum.columns.length} columns`, got: columns.length });
  }
  for (const [place, column] of columns.entries())
    addColumn(sum.columns[place] as Mutable<ColumnCounts>, column, place);
  addTo(sum.crossMoments, crossMoments, 'crossMoments');
  sum.rows += rows;
}

function addColumn(sum: Mutable<ColumnCounts>, column: ColumnCounts, place: number): void {
  const what = `column ${place + 1} of a profile`;
  if (sum.kind !== column.kind) throw mismatch(what, { expected: sum.kind, got: column.kind });
  sum.missing += column.missing;
  if (sum.kind === 'numeric') addNumbers(sum, column as NumericCounts, what);
  else addCategories(sum, column as CategoryCounts, what);
}

function addNumbers(sum: Mutable<NumericCounts>, column: NumericCounts, what: string): void {
  addTo(sum.bins, column.bins, what);
  sum.infinite += column.infinite;
  sum.sum += column.sum;
  sum.sumSquares += column.sumSquares;
  sum.min = Math.min(sum.min, column.min);
  sum.max = Math.max(sum.max, column.max);
  // Of a part that did not look nothing is known, so nothing of the whole.
  if (sum.fractions === undefined || column.fractions === undefined) delete sum.fractions;
  else sum.fractions += column.fractions;
}

function addCategories(sum: Mutable<CategoryCounts>, column: CategoryCounts, what: string): void {
  addTo(sum.counts, column.counts, what);
  sum.unseen += column.unseen;
}

function addTo(sum: number[], values: readonly number[], what: string): void {
  if (values.length !== sum.length) throw mismatch(what, { expected: `${sum.length} numbers`, got: values.length });
  for (let i = 0; i < values.length; i += 1) sum[i] = (sum[i] as number) + (values[i] as number);
}
