import { rowsForGates } from './effect-gates.ts';
import { type Effect, effectsOf } from './effects.ts';
import { expectedProfile, weightedSum } from './expected-profile.ts';
import { historyNeeded } from './false-alarms.ts';
import { gatherEvidence, type SlowDriftEvidence } from './slow-drift.ts';
import type { VerdictSettings } from './verdict-settings.ts';
import type { WatchState } from './watch-state.ts';
import type { WatchedWindow } from './watched-window.ts';
import type { Baseline, WindowTest } from './window-test.ts';

const DAY_MS = 24 * 3_600_000;

export interface SlowDriftWatch extends SlowDriftEvidence {
  /** What has moved furthest past its gate, once evidence is enough; null while it is not, or nothing has moved so far. */
  readonly confirmed: { readonly column: string | null; readonly effect: Effect } | null;
}

/**
 * Gathers evidence of slow drift. Once it is enough, the windows since it began are pooled and compared with the history before: only
 * an effect above its gate is drift. Whole days are pooled, so that a busy hour is not taken for a trend.
 */
export function watchSlowDrift(
  baseline: Baseline,
  { state, window, test }: { readonly state: WatchState; readonly window: WatchedWindow; readonly test: WindowTest },
  settings: VerdictSettings,
): SlowDriftWatch {
  if (settings.calibration !== 'history') return { ...state.slowDrift, confirmed: null };
  const limit = 2 * settings.averageRunLength;
  const evidence = gatherEvidence(state.slowDrift, test.p, { fromMs: window.fromMs, limit });
  if (evidence.value < settings.averageRunLength || evidence.sinceMs === null) return { ...evidence, confirmed: null };
  const days = Math.ceil((window.toMs - evidence.sinceMs) / DAY_MS);
  const sinceMs = Math.min(evidence.sinceMs, window.toMs - days * DAY_MS);
  const seen = [...state.history, ...state.suspended.map((one) => one.window)];
  const since = [...seen.filter(({ fromMs }) => fromMs >= sinceMs), window];
  const before = state.history.filter(({ fromMs }) => fromMs < sinceMs);
  if (before.length < historyNeeded(settings)) return { ...evidence, confirmed: null };
  const pooled = weightedSum(
    since.map(({ profile }) => profile),
    since.map(() => 1),
  );
  if (pooled.rows < rowsForGates(settings.gates)) return { ...evidence, confirmed: null };
  const expected = expectedProfile(before, since, test.strata);
  const effects = effectsOf({ ...baseline, gates: settings.gates }, expected, pooled);
  return { ...evidence, confirmed: largestPassing(baseline, effects) };
}

function largestPassing({ plan, channelSet }: Baseline, effects: readonly Effect[]): SlowDriftWatch['confirmed'] {
  const passing = effects.flatMap((effect, channel) => {
    const index = channelSet.channels[channel]?.column ?? null;
    const column = index === null ? null : (plan.columns[index]?.name ?? null);
    return effect.passes ? [{ column, effect }] : [];
  });
  const overGate = ({ effect }: { readonly effect: Effect }) => Math.abs(effect.size) / effect.gate;
  return passing.toSorted((a, b) => overGate(b) - overGate(a))[0] ?? null;
}
