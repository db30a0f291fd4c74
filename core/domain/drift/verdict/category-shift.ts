import type { CategoryCounts } from '../profile/profile.ts';

/** Categories below this share of the reference are compared together: alone they are noise in a window of a thousand rows. */
export const POOLED_SHARE = 0.005;

/** Which categories are compared alone and which together, decided by the reference so that every window is treated alike. */
export interface CategoryPools {
  /** By category of the plan: the pool it belongs to. */
  readonly poolOf: readonly number[];
  readonly pools: number;
  /** The pool of all rare categories, if there are any. */
  readonly rare: number | null;
}

export function categoryPools({ counts }: CategoryCounts): CategoryPools {
  const known = counts.reduce((sum, count) => sum + count, 0);
  const isRare = counts.map((count) => count < POOLED_SHARE * known);
  const frequent = isRare.filter((rare) => !rare).length;
  let next = 0;
  const poolOf = isRare.map((rare) => (rare ? frequent : next++));
  const anyRare = frequent < counts.length;
  return { poolOf, pools: anyRare ? frequent + 1 : frequent, rare: anyRare ? frequent : null };
}

/** Rows by pool. */
export function pooledCounts({ poolOf, pools }: CategoryPools, { counts }: CategoryCounts): readonly number[] {
  const pooled = new Array<number>(pools).fill(0);
  for (let category = 0; category < counts.length; category += 1) {
    const pool = poolOf[category] as number;
    pooled[pool] = (pooled[pool] as number) + (counts[category] as number);
  }
  return pooled;
}

export interface CategoryShift {
  /** √(½ Σ (√c − √r)²), 0 to 1: its noise is much the same for frequent and for rare categories. */
  readonly hellinger: number;
  /** ½ Σ |c − r|, 0 to 1: the share of rows that moved. */
  readonly totalVariation: number;
}

/**
 * Distances between two sets of counts over the same categories.
 *
 * @returns zeros where either side is empty: missing and unseen rates tell then
 *
 * Cost: O(categories).
 */
export function categoryShift(reference: readonly number[], current: readonly number[]): CategoryShift {
  const m = reference.reduce((sum, count) => sum + count, 0);
  const n = current.reduce((sum, count) => sum + count, 0);
  if (m === 0 || n === 0) return { hellinger: 0, totalVariation: 0 };
  let squares = 0;
  let absolute = 0;
  for (let i = 0; i < reference.length; i += 1) {
    const r = (reference[i] as number) / m;
    const c = (current[i] as number) / n;
    squares += (Math.sqrt(c) - Math.sqrt(r)) ** 2;
    absolute += Math.abs(c - r);
  }
  return { hellinger: Math.sqrt(squares / 2), totalVariation: absolute / 2 };
}

export interface RateChange {
  readonly pool: number;
  readonly from: number;
  readonly to: number;
  /** to / from, or its inverse where that is larger. */
  readonly ratio: number;
}

/** A change of a rare rate counts from this many standard errors: of one expected row there are often two. */
const STANDARD_ERRORS = 3;

/**
 * The rare category whose rate has changed by the largest factor, of those that changed by more than noise of independent rows.
 *
 * @param rareShare categories expected at or above this share are not rare
 * @returns undefined where there is none
 */
export function largestRateChange(
  reference: readonly number[],
  current: readonly number[],
  rareShare: number,
): RateChange | undefined {
  const m = reference.reduce((sum, count) => sum + count, 0);
  const n = current.reduce((sum, count) => sum + count, 0);
  let largest: RateChange | undefined;
  for (let pool = 0; pool < reference.length && m > 0 && n > 0; pool += 1) {
    const from = (reference[pool] as number) / m;
    const to = (current[pool] as number) / n;
    const standardError = Math.sqrt((from * (1 - from)) / n);
    if (from === 0 || from >= rareShare || Math.abs(to - from) < STANDARD_ERRORS * standardError) continue;
    const ratio = Math.max(to / from, from / to);
    if (largest === undefined || ratio > largest.ratio) largest = { pool, from, to, ratio };
  }
  return largest;
}
