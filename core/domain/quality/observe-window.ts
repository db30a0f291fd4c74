import type { ColumnCounts, ColumnPlan, Profile, ProfilePlan } from '../drift/profile/profile.ts';

/** What a window's counts say of one feature. */
export interface ObservedFeature {
  readonly name: string;
  readonly counts: ColumnCounts;
  /** The baseline's categories, for a column of them. */
  readonly categories?: readonly string[];
  /** Rows that tell of the feature. */
  readonly rows: number;
  readonly present: number;
}

/** Features of a window; what the rows do not tell of is no feature of it. */
export function observeWindow({ columns }: ProfilePlan, profile: Profile): ObservedFeature[] {
  return columns
    .map((plan, place) => observed(plan, profile.columns[place] as ColumnCounts))
    .filter(({ rows }) => rows > 0 || profile.rows === 0);
}

function observed(plan: ColumnPlan, counts: ColumnCounts): ObservedFeature {
  const present =
    counts.kind === 'numeric' ? sumOf(counts.bins) + counts.infinite : sumOf(counts.counts) + counts.unseen;
  return {
    name: plan.name,
    counts,
    ...(plan.kind === 'category' && { categories: plan.categories }),
    rows: present + counts.missing,
    present,
  };
}

export const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
