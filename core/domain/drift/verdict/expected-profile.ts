import type { CategoryCounts, ColumnCounts, NumericCounts, Profile } from '../profile/profile.ts';
import { type Strata, stratumOf } from './strata.ts';
import type { CountedWindow } from './watched-window.ts';

/**
 * Sum of profiles of one plan, each with a weight.
 *
 * @param profiles at least one; weight 0 leaves a profile out
 */
export function weightedSum(profiles: readonly Profile[], weights: readonly number[]): Profile {
  const parts = profiles.map((profile, i) => ({ profile, weight: weights[i] as number })).filter((p) => p.weight !== 0);
  const first = profiles[0] as Profile;
  const sum = (read: (profile: Profile) => number): number =>
    parts.reduce((total, { profile, weight }) => total + weight * read(profile), 0);
  const sums = (length: number, read: (profile: Profile) => readonly number[]): readonly number[] => {
    const totals = new Float64Array(length);
    for (const { profile, weight } of parts) {
      const values = read(profile);
      for (let i = 0; i < length; i += 1) totals[i] = (totals[i] as number) + weight * (values[i] as number);
    }
    return Array.from(totals);
  };
  const columns = first.columns.map((column, index): ColumnCounts => {
    const numeric = (profile: Profile) => profile.columns[index] as NumericCounts;
    const category = (profile: Profile) => profile.columns[index] as CategoryCounts;
    const missing = sum((profile) => (profile.columns[index] as ColumnCounts).missing);
    if (column.kind === 'category') {
      return {
        kind: 'category',
        missing,
        counts: sums(column.counts.length, (profile) => category(profile).counts),
        unseen: sum((profile) => category(profile).unseen),
      };
    }
    return {
      kind: 'numeric',
      missing,
      infinite: sum((profile) => numeric(profile).infinite),
      bins: sums(column.bins.length, (profile) => numeric(profile).bins),
      sum: sum((profile) => numeric(profile).sum),
      sumSquares: sum((profile) => numeric(profile).sumSquares),
      min: Math.min(...parts.map(({ profile }) => numeric(profile).min)),
      max: Math.max(...parts.map(({ profile }) => numeric(profile).max)),
    };
  });
  return {
    rows: sum(({ rows }) => rows),
    columns,
    crossMoments: sums(first.crossMoments.length, ({ crossMoments }) => crossMoments),
  };
}

/**
 * What the history lets one expect of some windows: per stratum its history, in the proportion in which the windows have rows of it.
 * Hours that the history does not know are compared with all of it.
 *
 * @param history at least one window with rows
 */
export function expectedProfile(
  history: readonly CountedWindow[],
  windows: readonly CountedWindow[],
  strata: Strata,
): Profile {
  const rowsOf = (some: readonly CountedWindow[]) => {
    const rows = new Map<number, number>();
    for (const window of some) {
      const stratum = stratumOf(strata, window);
      rows.set(stratum, (rows.get(stratum) ?? 0) + window.profile.rows);
    }
    return rows;
  };
  const past = rowsOf(history);
  const present = rowsOf(windows);
  const totalPast = history.reduce((total, { profile }) => total + profile.rows, 0);
  const unknown = [...present].reduce((total, [stratum, rows]) => total + (past.has(stratum) ? 0 : rows), 0);
  const weights = history.map((window) => {
    const stratum = stratumOf(strata, window);
    return (present.get(stratum) ?? 0) / (past.get(stratum) as number) + unknown / totalPast;
  });
  return weightedSum(
    history.map(({ profile }) => profile),
    weights,
  );
}
