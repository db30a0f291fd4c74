import { type History, windowsOfSize } from '../drift/profile/history.ts';
import type { ProfilePlan } from '../drift/profile/profile.ts';
import { historyNeeded } from '../drift/verdict/false-alarms.ts';
import type { VerdictSettings } from '../drift/verdict/verdict-settings.ts';
import { startWatch, type WatchState } from '../drift/verdict/watch-state.ts';
import { watchWindow } from '../drift/verdict/watch-window.ts';
import type { CountedWindow, WatchedWindow } from '../drift/verdict/watched-window.ts';
import type { Baseline } from '../drift/verdict/window-test.ts';
import type { WindowVerdict } from '../drift/verdict/window-verdict.ts';

export interface Monitor {
  readonly baseline: Baseline;
  /** The training set in the order of time; null where it has none. */
  readonly history: History | null;
  readonly settings: VerdictSettings;
  /** Length of a window. */
  readonly lengthMs: number;
}

/** What a window led to. */
export interface FoldedWindow {
  readonly verdict: WindowVerdict;
  readonly state: WatchState;
}

/**
 * Windows that were cut from the training set stand before 1970: rows of a training set tell how windows of their number vary, but not which hour
 * of which day they are of.
 */
const isOfTraining = ({ fromMs }: Pick<CountedWindow, 'fromMs'>): boolean => fromMs < 0;

/**
 * One window of a monitor after the other: the verdict on it, and what the monitor remembers from then on. A function of both alone, so that windows
 * which changed are judged again by folding over them once more.
 *
 * To the windows of traffic that were accepted come windows of the training set, cut in the order of time to as many rows as the window has. They leave
 * when traffic alone reaches the α that is aimed at; only then are hours compared with their like. Without a training set in the order of time, and
 * until enough traffic is accepted, a window is compared with the training set by two-sample tests.
 */
export function windowFolder({ baseline, history, settings, lengthMs }: Monitor) {
  const cuts = new Map<number, readonly WatchedWindow[]>();
  const trainingOf = (rows: number): readonly WatchedWindow[] => {
    if (history === null) return [];
    const size = Math.max(1, Math.round(rows / history.rowsPerWindow));
    const known = cuts.get(size);
    if (known) return known;
    const windows = windowsOfSize(history, rows).slice(-settings.historyLimit);
    const counted = windows.map(({ profile }, i) => {
      const fromMs = (i - windows.length) * lengthMs;
      return { fromMs, toMs: fromMs + lengthMs, profile };
    });
    const cut = startWatch(baseline, counted).history;
    cuts.set(size, cut);
    return cut;
  };
  const grown = Math.min(settings.historyLimit, Math.ceil(1 / settings.alpha) - 1);
  return (state: WatchState, window: CountedWindow): FoldedWindow => {
    // Of a window with too few rows is told what it would have been compared with, had it had enough.
    const rows = Math.max(window.profile.rows, settings.minimumRows);
    const training = state.history.length >= grown ? [] : trainingOf(rows);
    const known = { ...state, history: [...training, ...state.history] };
    const isCalibrated = history !== null || state.history.length >= historyNeeded(settings);
    const folded = watchWindow(
      baseline,
      { state: known, window },
      {
        ...settings,
        seasonal: settings.seasonal && training.length === 0,
        calibration: isCalibrated ? settings.calibration : 'two-sample',
      },
    );
    return {
      ...folded,
      state: { ...folded.state, history: folded.state.history.filter((past) => !isOfTraining(past)) },
    };
  };
}

export type FoldWindow = ReturnType<typeof windowFolder>;

/** Numbers that the windows of a history hold together: of many columns fewer windows are kept. */
const LIMIT_NUMBERS = 8_000_000;
const LEAST_WINDOWS = 40;

/** How many accepted windows of a plan are kept, at most `limit`. */
export function historyLimitOf({ columns, correlated }: ProfilePlan, limit: number): number {
  const size = columns.reduce(
    (sum, column) => sum + (column.kind === 'numeric' ? column.edges.length + 1 : column.categories.length),
    (correlated.length * (correlated.length + 1)) / 2,
  );
  return Math.min(limit, Math.max(LEAST_WINDOWS, Math.floor(LIMIT_NUMBERS / Math.max(1, size))));
}
