import type { Profile } from '../profile/profile.ts';
import { rowsForGates } from './effect-gates.ts';
import { explain } from './explain.ts';
import { historyNeeded } from './false-alarms.ts';
import { mOfN } from './m-of-n.ts';
import type { VerdictSettings } from './verdict-settings.ts';
import { watchSlowDrift } from './watch-slow-drift.ts';
import { admit, type RecentWindow, type WatchState, watched } from './watch-state.ts';
import type { CountedWindow, WatchedWindow } from './watched-window.ts';
import { type Baseline, testUncalibrated, testWindow, type WindowTest } from './window-test.ts';
import type { ColumnVerdict, VerdictState, WindowVerdict } from './window-verdict.ts';

/**
 * One window of a monitor: its verdict, and what the monitor remembers from then on.
 *
 * Windows come in the order of time. A window that comes again (late rows) is judged from the state before it.
 *
 * Cost: O(H · (channels + bins)) for H windows of history.
 */
export function watchWindow(
  baseline: Baseline,
  { state, window }: { readonly state: WatchState; readonly window: CountedWindow },
  settings: VerdictSettings,
): { readonly verdict: WindowVerdict; readonly state: WatchState } {
  const { profile } = window;
  const uncalibrated = settings.calibration === 'two-sample';
  if (profile.rows < settings.minimumRows) return unevaluated(state, { window, state: 'INSUFFICIENT_DATA' }, settings);
  if (!uncalibrated && state.history.length < historyNeeded(settings)) {
    const history = hasValues(profile) ? [...state.history, watched(baseline, window)] : state.history;
    return unevaluated({ ...state, history }, { window, state: 'WARMING_UP' }, settings);
  }
  const seen = watched(baseline, window);
  const test = uncalibrated
    ? testUncalibrated(baseline, seen, settings)
    : testWindow(baseline, { history: state.history, window: seen }, settings);
  return evaluated(baseline, { state, window: seen, test }, settings);
}

function evaluated(
  baseline: Baseline,
  { state, window, test }: { state: WatchState; window: WatchedWindow; test: WindowTest },
  settings: VerdictSettings,
): { readonly verdict: WindowVerdict; readonly state: WatchState } {
  const found = columnsOf(baseline, test);
  const breaching = found.filter(({ breached }) => breached).map(({ column }) => column);
  const breached = breaching.length > 0;
  const recent = remember(state, { fromMs: window.fromMs, breached, columns: breaching }, settings);
  const slow = watchSlowDrift(baseline, { state, window, test }, settings);
  const confirmed = mOfN(
    recent.map((one) => one.breached),
    settings,
  );
  const drifting = confirmed || slow.confirmed !== null;
  const sufficient = window.profile.rows >= rowsForGates(settings.gates) && hasValues(window.profile);
  const verdict: Omit<WindowVerdict, 'sentence'> = {
    fromMs: window.fromMs,
    toMs: window.toMs,
    rows: window.profile.rows,
    state: stateOf({ drifting, breached, sufficient }),
    calibration: settings.calibration === 'history' ? 'CALIBRATED' : 'UNCALIBRATED',
    evaluated: true,
    breached,
    confirmed,
    p: test.p,
    alpha: test.alpha,
    historyWindows: test.historyWindows,
    strata: test.strata,
    columns: found.map((column) => columnState(baseline, { column, recent, window, sufficient }, settings)),
    slowDrift: slow,
    sinceMs: sinceOf({ recent, confirmed, breached, slow }),
  };
  return {
    verdict: { ...verdict, sentence: explain(verdict, settings) },
    state: {
      ...admit(
        state,
        { window, breached: breached || !hasValues(window.profile), drifting, excess: test.excess },
        settings,
      ),
      recent,
      slowDrift: { value: slow.value, cusum: slow.cusum, sinceMs: slow.sinceMs },
    },
  };
}

function unevaluated(
  state: WatchState,
  { window, state: name }: { window: CountedWindow; state: VerdictState },
  settings: VerdictSettings,
): { readonly verdict: WindowVerdict; readonly state: WatchState } {
  const recent = remember(state, { fromMs: window.fromMs, breached: false, columns: [] }, settings);
  const drifting = mOfN(
    recent.map(({ breached }) => breached),
    settings,
  );
  const verdict: Omit<WindowVerdict, 'sentence'> = {
    fromMs: window.fromMs,
    toMs: window.toMs,
    rows: window.profile.rows,
    state: drifting ? 'DRIFT' : name,
    calibration: settings.calibration === 'history' ? 'CALIBRATED' : 'UNCALIBRATED',
    evaluated: false,
    breached: false,
    confirmed: drifting,
    p: null,
    alpha: settings.alpha,
    historyWindows: state.history.length,
    strata: 'none',
    columns: [],
    slowDrift: { ...state.slowDrift, confirmed: null },
    sinceMs: drifting ? firstBreach(recent) : null,
  };
  return { verdict: { ...verdict, sentence: explain(verdict, settings) }, state: { ...state, recent } };
}

const stateOf = ({ drifting, breached, sufficient }: Record<'drifting' | 'breached' | 'sufficient', boolean>) =>
  drifting ? 'DRIFT' : breached ? 'SUSPECT' : sufficient ? 'OK' : 'INSUFFICIENT_DATA';

const remember = ({ recent }: WatchState, window: RecentWindow, { ofWindows }: VerdictSettings) =>
  [...recent, window].slice(-ofWindows);

const firstBreach = (recent: readonly RecentWindow[]): number | null =>
  recent.find(({ breached }) => breached)?.fromMs ?? null;

function sinceOf({
  recent,
  confirmed,
  breached,
  slow,
}: {
  readonly recent: readonly RecentWindow[];
  readonly confirmed: boolean;
  readonly breached: boolean;
  readonly slow: WindowVerdict['slowDrift'];
}): number | null {
  if (slow.confirmed !== null) return slow.sinceMs;
  return confirmed || breached ? firstBreach(recent) : null;
}

/** Whether any column has a value: rows of nothing but nulls tell as little as no rows. */
const hasValues = ({ rows, columns }: Profile): boolean =>
  columns.length === 0 || columns.some(({ missing }) => missing < rows);

type FoundColumn = Omit<ColumnVerdict, 'state'>;

/** Channels by column, the most unusual column first. */
function columnsOf({ plan, channelSet }: Baseline, { channels }: WindowTest): readonly FoundColumn[] {
  const byColumn = Map.groupBy(channels.keys(), (channel) => channelSet.channels[channel]?.column ?? null);
  const found = [...byColumn].map(([index, members]): FoundColumn => {
    const column = index === null ? undefined : plan.columns[index];
    const results = members.map((channel) => channels[channel] as WindowTest['channels'][number]);
    const unusual = results.toSorted((a, b) => a.p - b.p || b.z - a.z);
    const most = unusual[0] as WindowTest['channels'][number];
    const breaching = unusual.filter((one) => one.breached);
    const largest = breaching.toSorted((a, b) => overGate(b) - overGate(a))[0] ?? most;
    return {
      column: column?.name ?? null,
      role: column?.role ?? null,
      breached: breaching.length > 0,
      p: most.p,
      z: most.z,
      effect: largest.effect,
      effects: results.map(({ effect }) => effect),
    };
  });
  return found.toSorted((a, b) => Number(b.breached) - Number(a.breached) || a.p - b.p || b.z - a.z);
}

const overGate = ({ effect }: Pick<FoundColumn, 'effect'>): number => Math.abs(effect.size) / effect.gate;

/** M of N for one column. A column without a value is never OK. */
function columnState(
  { plan }: Baseline,
  {
    column,
    recent,
    window,
    sufficient,
  }: { column: FoundColumn; recent: readonly RecentWindow[]; window: WatchedWindow; sufficient: boolean },
  settings: VerdictSettings,
): ColumnVerdict {
  const drifting = mOfN(
    recent.map(({ columns }) => columns.includes(column.column)),
    settings,
  );
  const counts = window.profile.columns[plan.columns.findIndex(({ name }) => name === column.column)];
  const empty = counts !== undefined && counts.missing >= window.profile.rows;
  return { ...column, state: stateOf({ drifting, breached: column.breached, sufficient: sufficient && !empty }) };
}
