import { mOfN } from '../../core/domain/drift/verdict/m-of-n.ts';
import { verdictSettings } from '../../core/domain/drift/verdict/verdict-settings.ts';
import { startWatch, type WatchState } from '../../core/domain/drift/verdict/watch-state.ts';
import { watchWindow } from '../../core/domain/drift/verdict/watch-window.ts';
import type { CountedWindow } from '../../core/domain/drift/verdict/watched-window.ts';
import { createBaseline } from '../../core/domain/drift/verdict/window-test.ts';
import { createCounter, type FineCounts, profileOf } from './counted.ts';
import { otherRules, RULES, type RuleName } from './other-rules.ts';
import type { PowerShift } from './shifts.ts';
import type { Traffic, WindowOfRows } from './traffic.ts';

const HOUR_MS = 3_600_000;
export const REFERENCE_ROWS = 50_000;
/** Two weeks of hourly windows. */
export const HISTORY = 336;

export type RegimeName = 'independent' | 'clustered' | 'seasonal' | 'hour-matched';

interface Regime {
  readonly traffic: Traffic;
  /** Whether windows are compared with those of their hour, by our monitor and by the other rules. */
  readonly matched: boolean;
}

export const REGIMES: Readonly<Record<RegimeName, Regime>> = {
  independent: { traffic: { burst: 1, seasonal: 0 }, matched: false },
  clustered: { traffic: { burst: 5, seasonal: 0 }, matched: false },
  seasonal: { traffic: { burst: 1, seasonal: 0.3 }, matched: false },
  'hour-matched': { traffic: { burst: 1, seasonal: 0.3 }, matched: true },
};

/** Shares of windows in which a rule alarms, and in which two of three have begun to. */
export interface AlarmRates {
  readonly falseAlarmRate: number;
  readonly pageRate: number;
}

export interface NullCell extends AlarmRates {
  readonly regime: RegimeName;
  readonly n: number;
  readonly others: Readonly<Record<RuleName, AlarmRates>>;
}

export interface PowerCell {
  readonly shift: string;
  readonly n: number;
  readonly power: number;
  readonly others: Readonly<Record<RuleName, number>>;
}

export interface CellOptions {
  readonly n: number;
  readonly windows: number;
  readonly seed: number;
}

/**
 * One monitor over unchanged traffic, hour by hour, its history moving on as it does in production; and, where shifts are asked for, what
 * it says of a shifted window in the place of each.
 */
export function runCell(
  regime: RegimeName,
  { n, windows, seed }: CellOptions,
  shifts: readonly PowerShift[] = [],
): { readonly unchanged: NullCell; readonly power: readonly PowerCell[] } {
  const { traffic, matched } = REGIMES[regime];
  const referenceWindow: WindowOfRows = { rows: REFERENCE_ROWS, seed };
  const counter = createCounter(traffic, referenceWindow);
  const reference = counter.count(referenceWindow);
  const references = matched
    ? Array.from({ length: 24 }, (_, hour) => counter.count({ rows: REFERENCE_ROWS, seed: seed + 100 + hour, hour }))
    : [reference];
  const baseline = createBaseline(counter.plan, profileOf(reference));
  const settings = verdictSettings({ historyLimit: HISTORY, seasonal: matched });
  const window = (t: number, salt: number, change: PowerShift['change'] = {}): FineCounts =>
    counter.count({ rows: n, seed: seed + 1000 * (salt + 1) + 1_000_000 * (t + 1), ...hourOf(traffic, t), ...change });
  const counted = (t: number, counts: FineCounts): CountedWindow => ({
    fromMs: t * HOUR_MS,
    toMs: (t + 1) * HOUR_MS,
    profile: profileOf(counts),
  });
  let state: WatchState = startWatch(
    baseline,
    Array.from({ length: HISTORY }, (_, t) => counted(t, window(t, 0))),
  );
  const ours = tally();
  const others = Object.fromEntries((Object.keys(RULES) as RuleName[]).map((rule) => [rule, tally()])) as Record<
    RuleName,
    Tally
  >;
  const found = shifts.map(() => ({ ours: 0, others: new Map<RuleName, number>() }));
  for (let t = HISTORY; t < HISTORY + windows; t += 1) {
    const same = references[matched ? t % 24 : 0] as FineCounts;
    shifts.forEach(({ change }, s) => {
      const counts = window(t, s + 1, change);
      const score = found[s] as (typeof found)[number];
      if (watchWindow(baseline, { state, window: counted(t, counts) }, settings).verdict.breached) score.ours += 1;
      for (const [rule, alarms] of entriesOf(otherRules(counter.cells, same, counts))) {
        if (alarms) score.others.set(rule, (score.others.get(rule) ?? 0) + 1);
      }
    });
    const counts = window(t, 0);
    const next = watchWindow(baseline, { state, window: counted(t, counts) }, settings);
    state = next.state;
    ours.add(next.verdict.breached, next.verdict.state === 'DRIFT');
    for (const [rule, alarms] of entriesOf(otherRules(counter.cells, same, counts))) others[rule].add(alarms);
  }
  const rates = (one: Tally): AlarmRates => ({
    falseAlarmRate: one.alarms() / windows,
    pageRate: one.pages() / windows,
  });
  return {
    unchanged: { regime, n, ...rates(ours), others: mapRules((rule) => rates(others[rule])) },
    power: shifts.map(({ shift }, s) => ({
      shift,
      n,
      power: (found[s] as (typeof found)[number]).ours / windows,
      others: mapRules((rule) => (found[s]?.others.get(rule) ?? 0) / windows),
    })),
  };
}

const hourOf = ({ seasonal }: Traffic, t: number): { hour?: number } => (seasonal > 0 ? { hour: t % 24 } : {});

const entriesOf = (verdicts: Readonly<Record<RuleName, boolean>>) => Object.entries(verdicts) as [RuleName, boolean][];

const mapRules = <T>(value: (rule: RuleName) => T): Record<RuleName, T> =>
  Object.fromEntries((Object.keys(RULES) as RuleName[]).map((rule) => [rule, value(rule)])) as Record<RuleName, T>;

interface Tally {
  /** @param paging whether the alarm is up after this window; where it is not told, 2 of 3 */
  add(alarms: boolean, paging?: boolean): void;
  alarms(): number;
  pages(): number;
}

/** Counts alarms, and how often paging begins. */
function tally(): Tally {
  const recent: boolean[] = [];
  let alarms = 0;
  let pages = 0;
  let up = false;
  return {
    add: (alarm, paging) => {
      recent.push(alarm);
      const now = paging ?? mOfN(recent, { breaches: 2, ofWindows: 3 });
      if (alarm) alarms += 1;
      if (now && !up) pages += 1;
      up = now;
    },
    alarms: () => alarms,
    pages: () => pages,
  };
}
