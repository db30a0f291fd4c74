/**
 * What a monitor knows of a set of rows: counts, whose sums over sets are the counts of their union. How a column is counted is
 * decided once, by the baseline, so that every window of a version can be compared with it and added to others.
 */

/** A numeric column: `edges` are interior quantiles of the baseline, ascending and distinct; bin i holds edges[i-1] ≤ x < edges[i]. */
export interface NumericPlan {
  readonly name: string;
  readonly kind: 'numeric';
  readonly role: ColumnRole;
  readonly edges: readonly number[];
}

/** A column of categories: those that the baseline knows, most frequent first; whatever else appears is unseen. */
export interface CategoryPlan {
  readonly name: string;
  readonly kind: 'category';
  readonly role: ColumnRole;
  readonly categories: readonly string[];
}

/** `prediction`: the model's score or answer, which counts as one more column. */
export type ColumnRole = 'feature' | 'prediction';
export type ColumnPlan = NumericPlan | CategoryPlan;

export interface ProfilePlan {
  readonly columns: readonly ColumnPlan[];
  /** Numeric columns whose rank correlations are watched, at most `CORRELATED_LIMIT`: pairs grow with the square. */
  readonly correlated: readonly string[];
}

export const CORRELATED_LIMIT = 40;

export interface NumericCounts {
  readonly kind: 'numeric';
  /** Rows without a value: null, absent or NaN. */
  readonly missing: number;
  /** Rows with ±∞: out of range, in no bin and in no sum. */
  readonly infinite: number;
  /** By bin of the plan: one more than edges. */
  readonly bins: readonly number[];
  /** Over the finite values. */
  readonly sum: number;
  readonly sumSquares: number;
  /** Infinity and -Infinity where there is no finite value. */
  readonly min: number;
  readonly max: number;
  /** Finite values that are not whole; absent where they were not looked for. */
  readonly fractions?: number;
}

export interface CategoryCounts {
  readonly kind: 'category';
  readonly missing: number;
  /** By category of the plan. */
  readonly counts: readonly number[];
  /** Rows with a category that the baseline does not know. */
  readonly unseen: number;
}

export type ColumnCounts = NumericCounts | CategoryCounts;

export interface Profile {
  readonly rows: number;
  /** In the order of the plan. */
  readonly columns: readonly ColumnCounts[];
  /**
   * Sums over rows of u_i · u_j for the correlated columns i ≤ j, row by row of the upper triangle; u is the mid-rank of the value's bin in
   * the baseline (0 to 1) less ½, and 0 where the value is missing or infinite.
   */
  readonly crossMoments: readonly number[];
}
