import type { Random } from '../../training/random.ts';
import { mergeProfiles } from './merge-profiles.ts';
import type { Profile } from './profile.ts';

/** Rows that follow one another in the order of time, counted. */
export interface HistoryWindow {
  readonly profile: Profile;
  /** Time of the first row and the last; null where the data has no times. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** A baseline cut into small windows, which add up to windows of any larger size. */
export interface History {
  readonly rowsPerWindow: number;
  /** In the order of time. */
  readonly windows: readonly HistoryWindow[];
}

/** As many as the finest false-alarm rate needs (1/0.005), and enough for windows a few times larger. */
const WINDOWS = 512;
const LEAST_ROWS = 25;
/** Numbers that all windows together hold: of many columns fewer windows are kept. */
const LIMIT_NUMBERS = 2_000_000;

/**
 * How many rows the small windows of a baseline have.
 *
 * @param size numbers that one window's counts hold
 */
export function rowsPerWindow(rows: number, size: number): number {
  const windows = Math.max(1, Math.min(WINDOWS, Math.floor(LIMIT_NUMBERS / Math.max(1, size))));
  return Math.max(LEAST_ROWS, Math.ceil(rows / windows));
}

/**
 * Windows of about the served size: neighbours are put together until they have as many rows.
 *
 * @param rows of a window of traffic
 * @returns in the order of time; what is left over at the start is left out, for the latest rows are most like what will be served.
 *   Empty where the history has fewer rows than one window
 *
 * Cost: O(windows · bins).
 */
export function windowsOfSize({ rowsPerWindow: small, windows }: History, rows: number): HistoryWindow[] {
  const each = Math.max(1, Math.round(rows / small));
  const count = Math.floor(windows.length / each);
  const first = windows.length - count * each;
  return Array.from({ length: count }, (_, i) => joined(windows.slice(first + i * each, first + (i + 1) * each)));
}

/**
 * Windows drawn from the history, with replacement, by whole small windows: what comes in bursts stays together, which single rows would
 * hide. A stand-in where cutting in time gives too few windows; their errors are those of one training set.
 *
 * @param options.windows how many
 *
 * Cost: O(windows · rows / rowsPerWindow · bins).
 */
export function drawnWindows(
  { rowsPerWindow: small, windows }: History,
  rows: number,
  options: { readonly windows: number; readonly random: Random },
): Profile[] {
  if (windows.length === 0) return [];
  const each = Math.max(1, Math.round(rows / small));
  return Array.from({ length: options.windows }, () => {
    const drawn = Array.from(
      { length: each },
      () => (windows[options.random.below(windows.length)] as HistoryWindow).profile,
    );
    return mergeProfiles(drawn[0] as Profile, ...drawn.slice(1));
  });
}

function joined(windows: readonly HistoryWindow[]): HistoryWindow {
  const [first, ...others] = windows as [HistoryWindow, ...HistoryWindow[]];
  return {
    profile: mergeProfiles(first.profile, ...others.map(({ profile }) => profile)),
    fromMs: first.fromMs,
    toMs: windows.at(-1)?.toMs ?? null,
  };
}
