import type { Noise } from './channels.ts';
import type { CountedWindow, WatchedWindow } from './watched-window.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Which windows are expected to look alike. UTC. */
export type Strata = 'hour of week' | 'hour of day' | 'day of week' | 'none';

const KEYS: Readonly<Record<Strata, (fromMs: number) => number>> = {
  'hour of week': (fromMs) => Math.floor(fromMs / HOUR_MS) % (7 * 24),
  'hour of day': (fromMs) => Math.floor(fromMs / HOUR_MS) % 24,
  'day of week': (fromMs) => Math.floor(fromMs / DAY_MS) % 7,
  none: () => 0,
};

export const stratumOf = (strata: Strata, { fromMs }: { readonly fromMs: number }): number => KEYS[strata](fromMs);

const HALF_DAY_MS = DAY_MS / 2;

interface Candidate {
  readonly strata: Strata;
  /** Windows of the stratum that its mean is taken of, at least: with fewer the mean is mostly noise. */
  readonly atLeast: number;
  /** Lengths of the windows that have such a shape. */
  readonly overMs: number;
  readonly upToMs: number;
}

const CANDIDATES: readonly Candidate[] = [
  { strata: 'hour of week', atLeast: 4, overMs: 0, upToMs: HALF_DAY_MS },
  { strata: 'hour of day', atLeast: 7, overMs: 0, upToMs: HALF_DAY_MS },
  { strata: 'day of week', atLeast: 4, overMs: HALF_DAY_MS, upToMs: 2 * DAY_MS },
];

/**
 * The finest strata whose shape the history is long enough to tell: hour of day from a week on, hour of week from four weeks on, day of
 * week for windows of days.
 */
export function chooseStrata(history: readonly CountedWindow[], window: CountedWindow): Strata {
  const lengthMs = window.toMs - window.fromMs;
  const chosen = CANDIDATES.find(({ strata, atLeast, overMs, upToMs }) => {
    if (lengthMs <= overMs || lengthMs > upToMs) return false;
    const stratum = stratumOf(strata, window);
    return history.filter((past) => stratumOf(strata, past) === stratum).length >= atLeast;
  });
  return chosen?.strata ?? 'none';
}

/**
 * Channels of history and window made comparable: seasonal level and size taken out.
 *
 *     x ← x · (min(n, ñ) / ñ)^power                  ñ the median of rows: a smaller window is noisier
 *     x ← (x − mean of its stratum) / √(1 − 1/m)      m windows of B = history ∪ {window} in the stratum
 *
 * All is a function of B as a set, so that windows which are exchangeable within their stratum and equally noisy stay so. Larger
 * windows are not scaled up: what varies between windows does not shrink with their size. History windows alone in their stratum are
 * left out, for nothing is known of their deviation.
 */
export function comparable(
  { history, window }: { readonly history: readonly WatchedWindow[]; readonly window: WatchedWindow },
  strata: Strata,
  noise: readonly Noise[],
): { readonly history: readonly (readonly number[])[]; readonly window: readonly number[]; readonly rows: number } {
  const all = [...history, window];
  const rows = medianRows(all);
  const scaled = all.map(({ channels, profile }) => {
    const size = Math.min(profile.rows, rows) / rows;
    return size === 1 ? channels : channels.map((value, c) => value * size ** (noise[c] as Noise).power);
  });
  if (strata === 'none') return { history: scaled.slice(0, -1), window: scaled.at(-1) as readonly number[], rows };
  const members = Map.groupBy(scaled.keys(), (i) => stratumOf(strata, all[i] as WatchedWindow));
  const residuals: (readonly number[] | undefined)[] = new Array(all.length);
  for (const indices of members.values()) {
    if (indices.length < 2) continue;
    const means = columnMeans(indices.map((i) => scaled[i] as readonly number[]));
    const scale = Math.sqrt(1 - 1 / indices.length);
    for (const i of indices) {
      residuals[i] = (scaled[i] as readonly number[]).map((value, c) => (value - (means[c] as number)) / scale);
    }
  }
  return {
    history: residuals.slice(0, -1).filter((residual) => residual !== undefined),
    window: residuals.at(-1) as readonly number[],
    rows,
  };
}

function medianRows(windows: readonly CountedWindow[]): number {
  const sorted = windows.map(({ profile }) => profile.rows).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

function columnMeans(rows: readonly (readonly number[])[]): readonly number[] {
  const sums = new Array<number>((rows[0] as readonly number[]).length).fill(0);
  for (const row of rows) for (let c = 0; c < sums.length; c += 1) sums[c] = (sums[c] as number) + (row[c] as number);
  return sums.map((sum) => sum / rows.length);
}
