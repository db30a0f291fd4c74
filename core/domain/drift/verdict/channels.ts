import type { CategoryCounts, ColumnCounts, NumericCounts, Profile, ProfilePlan } from '../profile/profile.ts';
import { categoryPools, categoryShift, pooledCounts } from './category-shift.ts';
import { binRanks, numericShift } from './numeric-shift.ts';
import { correlatedColumns, profileCorrelations } from './profile-correlations.ts';

/**
 * What is watched of a column. `unseen` is a category that training did not know, or an infinite number; `correlation` belongs to no
 * column.
 */
export type ChannelKind = 'ks' | 'location' | 'spread' | 'category' | 'missing' | 'unseen' | 'correlation';

export interface Channel {
  /** Index in the plan; null for the correlations. */
  readonly column: number | null;
  readonly kind: ChannelKind;
  /** A fall is as remarkable as a rise. */
  readonly twoSided: boolean;
}

export interface Noise {
  readonly scale: number;
  readonly power: number;
}

export interface ChannelSet {
  readonly channels: readonly Channel[];
  /**
   * By channel: how far the profile lies from the reference. Rates are arcsines of roots, Hellinger's distance is one of roots, and of the
   * KS distance the root is taken, so that noise depends on the number of rows only and has no long tail: of the plain KS distances of
   * some twenty columns the largest would decide what is unusual of all channels.
   */
  valuesOf(profile: Profile): readonly number[];
  /** Rank correlations of the profile, by pair of the plan's correlated columns; NaN where one has no values. */
  correlationsOf(profile: Profile): readonly number[];
  /** By channel: the value's standard deviation for n independent unchanged rows is scale · n^−power. */
  readonly noise: readonly Noise[];
}

const KINDS: Readonly<Record<ColumnCounts['kind'], readonly ChannelKind[]>> = {
  numeric: ['ks', 'location', 'spread', 'missing', 'unseen'],
  category: ['category', 'missing', 'unseen'],
};
const TWO_SIDED: ReadonlySet<ChannelKind> = new Set(['location', 'spread', 'missing']);

/**
 * Of Kolmogorov's distribution, mean 0.87, the standard deviation is 0.26, and that of its root 0.14; of a uniform rank √(1/12), and of
 * twice its distance from the middle the same; of an arcsine of a root ½; of a Hellinger distance 0.7/√8, for a χ distribution has 0.7
 * at any number of categories.
 */
const NOISE: Readonly<Record<Exclude<ChannelKind, 'correlation'>, Noise>> = {
  ks: { scale: 0.14, power: 0.25 },
  location: { scale: Math.sqrt(1 / 12), power: 0.5 },
  spread: { scale: Math.sqrt(1 / 12), power: 0.5 },
  category: { scale: 0.7 / Math.sqrt(8), power: 0.5 },
  missing: { scale: 0.5, power: 0.5 },
  unseen: { scale: 0.5, power: 0.5 },
};

const arcsine = (count: number, rows: number): number => Math.asin(Math.sqrt(Math.min(1, count / rows)));

export const outsiders = (counts: ColumnCounts): number =>
  counts.kind === 'numeric' ? counts.infinite : counts.unseen;

/**
 * The channels of a plan and how a profile fills them.
 *
 * Per numeric column: root of the KS distance, rank location and spread over bins; per column of categories: Hellinger distance, those below ½ % pooled;
 * per column: missing rate and rate of unseen categories or infinite numbers; and one channel for all rank correlations, the root of their
 * mean squared change.
 *
 * @param reference what distances are measured from, usually the baseline; with at least one row
 */
export function createChannels(plan: ProfilePlan, reference: Profile): ChannelSet {
  const channels: Channel[] = reference.columns.flatMap((counts, column) =>
    KINDS[counts.kind].map((kind) => ({ column, kind, twoSided: TWO_SIDED.has(kind) })),
  );
  const fills = reference.columns.map((counts) =>
    counts.kind === 'numeric' ? numericValues(counts, reference.rows) : categoryValues(counts, reference.rows),
  );
  const correlated = correlatedColumns(plan, (index) => binRanks(reference.columns[index] as NumericCounts));
  const correlations = profileCorrelations(correlated, reference);
  if (correlations.length > 0) channels.push({ column: null, kind: 'correlation', twoSided: false });
  return {
    channels,
    valuesOf: (profile) => {
      const values = profile.columns.flatMap((counts, column) =>
        (fills[column] as (counts: ColumnCounts, rows: number) => readonly number[])(counts, profile.rows),
      );
      if (correlations.length > 0) values.push(rootMeanSquare(correlations, profileCorrelations(correlated, profile)));
      return values;
    },
    correlationsOf: (profile) => profileCorrelations(correlated, profile),
    noise: channels.map(({ kind }) =>
      kind === 'correlation' ? { scale: 1 / Math.sqrt(2 * correlations.length), power: 0.5 } : NOISE[kind],
    ),
  };
}

function numericValues(reference: NumericCounts, referenceRows: number) {
  const scale = binRanks(reference);
  const missing = arcsine(reference.missing, referenceRows);
  const infinite = arcsine(reference.infinite, referenceRows);
  return (counts: ColumnCounts, rows: number): readonly number[] => {
    const { ks, location, spread } = numericShift(scale, counts as NumericCounts);
    return [
      Math.sqrt(ks),
      location,
      spread,
      arcsine(counts.missing, rows) - missing,
      arcsine(outsiders(counts), rows) - infinite,
    ];
  };
}

function categoryValues(reference: CategoryCounts, referenceRows: number) {
  const pools = categoryPools(reference);
  const pooled = pooledCounts(pools, reference);
  const missing = arcsine(reference.missing, referenceRows);
  const unseen = arcsine(reference.unseen, referenceRows);
  return (counts: ColumnCounts, rows: number): readonly number[] => [
    categoryShift(pooled, pooledCounts(pools, counts as CategoryCounts)).hellinger,
    arcsine(counts.missing, rows) - missing,
    arcsine(outsiders(counts), rows) - unseen,
  ];
}

/** Over the pairs that are known on both sides: of a column without values the missing rate tells. */
function rootMeanSquare(reference: readonly number[], current: readonly number[]): number {
  const changes = current
    .map((value, pair) => value - (reference[pair] as number))
    .filter((change) => !Number.isNaN(change));
  if (changes.length === 0) return 0;
  return Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0) / changes.length);
}
