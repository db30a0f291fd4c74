import type { SlowDriftEvidence } from './slow-drift.ts';
import { NO_EVIDENCE } from './slow-drift.ts';
import type { CountedWindow, WatchedWindow } from './watched-window.ts';
import type { Baseline } from './window-test.ts';

/** What M of N needs to know of a window. */
export interface RecentWindow {
  readonly fromMs: number;
  readonly breached: boolean;
  /** Columns that breached; null stands for the correlations. */
  readonly columns: readonly (string | null)[];
}

/** A window kept out of the history while it is not clear what it was. */
export interface SuspendedWindow {
  readonly window: WatchedWindow;
  /** Windows that have come since. */
  readonly age: number;
  /** Whether it enters the history once suspicion lapses. */
  readonly releasable: boolean;
}

/** All that a monitor remembers between windows. */
export interface WatchState {
  /** Accepted windows, oldest first. */
  readonly history: readonly WatchedWindow[];
  readonly suspended: readonly SuspendedWindow[];
  /** The last N, oldest first. */
  readonly recent: readonly RecentWindow[];
  readonly slowDrift: SlowDriftEvidence;
}

/** A window as the history keeps it. */
export const watched = ({ channelSet }: Baseline, window: CountedWindow): WatchedWindow => ({
  ...window,
  channels: channelSet.valuesOf(window.profile),
});

/** The state of a monitor that knows these windows as unremarkable, oldest first: cut from the training stream, or accepted earlier. */
export const startWatch = (baseline: Baseline, history: readonly CountedWindow[]): WatchState => ({
  history: history.map((window) => watched(baseline, window)),
  suspended: [],
  recent: [],
  slowDrift: NO_EVIDENCE,
});

/**
 * What enters the history after a window.
 *
 * A window that breaches waits; it enters when M of N has not confirmed it while it was among the last N. Were it left out for good, every
 * false alarm would cut off the tail of the null, and each turnover of the history would add 1/H to the rate of false alarms. A window
 * whose z is more than `GROSS` times that of all history does not enter even then: no false alarm lies so far out, and one hour of
 * broken input would hide the next. Windows of a confirmed drift never enter by themselves.
 */
export function admit(
  { history, suspended }: Pick<WatchState, 'history' | 'suspended'>,
  { window, breached, drifting, excess }: Admission,
  { ofWindows, historyLimit }: { readonly ofWindows: number; readonly historyLimit: number },
): Pick<WatchState, 'history' | 'suspended'> {
  const older = suspended.map((one) => ({ ...one, age: one.age + 1, releasable: one.releasable && !drifting }));
  const waiting = older.filter(({ age }) => age < ofWindows);
  const released = older.filter(({ age, releasable }) => age >= ofWindows && releasable).map((one) => one.window);
  const accepted = breached || drifting ? released : [...released, window];
  const next = breached || drifting ? [{ window, age: 0, releasable: !drifting && excess <= GROSS }] : [];
  return { history: [...history, ...accepted].slice(-historyLimit), suspended: [...waiting, ...next] };
}

export interface Admission {
  readonly window: WatchedWindow;
  readonly breached: boolean;
  readonly drifting: boolean;
  readonly excess: number;
}

const GROSS = 1.5;
