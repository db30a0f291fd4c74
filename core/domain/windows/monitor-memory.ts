import type { CaptureTally } from '../capture/capture-tally.ts';
import type { Profile } from '../drift/profile/profile.ts';
import { asObject, malformed, profileFromJson, profileToJson } from '../drift/profile/profile-json.ts';
import type { SlowDriftEvidence } from '../drift/verdict/slow-drift.ts';
import { type RecentWindow, startWatch, type WatchState, watched } from '../drift/verdict/watch-state.ts';
import type { WatchedWindow } from '../drift/verdict/watched-window.ts';
import type { Baseline } from '../drift/verdict/window-test.ts';
import type { VerdictState } from '../drift/verdict/window-verdict.ts';
import type { FoldWindow } from './fold-windows.ts';

/** A window that was evaluated, as long as it may be judged again. */
export interface RememberedWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly profile: Profile;
  readonly tally: CaptureTally;
  /** Capture objects that hold some of it. */
  readonly objects: number;
  readonly evaluatedAtMs: number;
  readonly revision: number;
  /** Of its labelled rows, by which performance before labels is estimated in later windows. */
  readonly calibrated?: CalibratedRows | undefined;
  readonly state?: VerdictState | undefined;
  /** Sizes of effects against their gates, by column; absent where it was not evaluated. */
  readonly effects?: readonly (readonly [string | null, number])[] | undefined;
}

/** Scores beside what turned out to be true. */
export interface CalibratedRows {
  readonly scores: readonly number[];
  /** 0 or 1. */
  readonly labels: readonly number[];
}

/** What a monitor of one series of one version remembers. */
export interface MonitorMemory {
  /** Before the first of `windows`. */
  readonly base: WatchState;
  /** The last ones, in the order of time. */
  readonly windows: readonly RememberedWindow[];
  /** After the last of them. */
  readonly state: WatchState;
}

export const startMemory = (baseline: Baseline): MonitorMemory => {
  const state = startWatch(baseline, []);
  return { base: state, windows: [], state };
};

/** Forgets the oldest windows beyond `keep`: they cannot be judged again. */
export function trimMemory(
  { base, windows, state }: MonitorMemory,
  { keep, fold }: { readonly keep: number; readonly fold: FoldWindow },
): MonitorMemory {
  const gone = windows.slice(0, Math.max(0, windows.length - keep));
  return {
    base: gone.reduce((before, window) => fold(before, window).state, base),
    windows: windows.slice(gone.length),
    state,
  };
}

const FORMAT = 1;

interface StateJson {
  readonly history: readonly number[];
  readonly suspended: readonly { readonly window: number; readonly age: number; readonly releasable: boolean }[];
  readonly recent: readonly RecentWindow[];
  readonly slowDrift: SlowDriftEvidence;
}

const stateToJson = ({ history, suspended, recent, slowDrift }: WatchState): StateJson => ({
  history: history.map(({ fromMs }) => fromMs),
  suspended: suspended.map(({ window, ...one }) => ({ ...one, window: window.fromMs })),
  recent,
  slowDrift,
});

/** As JSON text; each profile stands in it once. @param fingerprint of the baseline that the windows were counted by */
export function writeMemory({ base, windows, state }: MonitorMemory, fingerprint: string): string {
  const all = new Map<number, Pick<RememberedWindow, 'fromMs' | 'toMs' | 'profile'>>();
  for (const window of [
    ...[base, state].flatMap(({ history, suspended }) => [...history, ...suspended.map((one) => one.window)]),
    ...windows,
  ]) {
    all.set(window.fromMs, window);
  }
  return JSON.stringify({
    format: FORMAT,
    baseline: fingerprint,
    profiles: [...all.values()].map(({ fromMs, toMs, profile }) => ({ fromMs, toMs, profile: profileToJson(profile) })),
    base: stateToJson(base),
    windows: windows.map(({ toMs: _, profile: __, ...window }) => window),
    state: stateToJson(state),
  });
}

/**
 * @returns undefined for what was remembered by another baseline: its windows cannot be compared with this one's
 * @throws `profile.malformed` for what `writeMemory` did not write
 */
export function readMemory(baseline: Baseline, fingerprint: string, text: string): MonitorMemory | undefined {
  const { format, profiles, base, windows, state, ...written } = JSON.parse(text) as {
    readonly format: unknown;
    readonly baseline: unknown;
    readonly profiles: readonly { readonly fromMs: number; readonly toMs: number; readonly profile: unknown }[];
    readonly base: StateJson;
    readonly windows: readonly Omit<RememberedWindow, 'toMs' | 'profile'>[];
    readonly state: StateJson;
  };
  if (format !== FORMAT) throw malformed(`the memory of its monitor has the format ${JSON.stringify(format)}`);
  if (written.baseline !== fingerprint) return undefined;
  const known = new Map<number, WatchedWindow>();
  for (const { fromMs, toMs, profile } of profiles) {
    const counted = { fromMs, toMs, profile: profileFromJson(asObject(profile, 'a window'), baseline.plan) };
    known.set(fromMs, watched(baseline, counted));
  }
  const windowAt = (fromMs: number): WatchedWindow => {
    const window = known.get(fromMs);
    if (window === undefined) throw malformed(`the memory of its monitor lacks the window ${fromMs}`);
    return window;
  };
  const stateOf = ({ history, suspended, recent, slowDrift }: StateJson): WatchState => ({
    history: history.map(windowAt),
    suspended: suspended.map(({ window, ...one }) => ({ ...one, window: windowAt(window) })),
    recent,
    slowDrift,
  });
  return {
    base: stateOf(base),
    windows: windows.map((window) => {
      const { toMs, profile } = windowAt(window.fromMs);
      return { ...window, toMs, profile };
    }),
    state: stateOf(state),
  };
}
