import { type VerdictOptions, verdictSettings } from '../../core/domain/drift/verdict/verdict-settings.ts';
import { startWatch, type WatchState } from '../../core/domain/drift/verdict/watch-state.ts';
import { watchWindow } from '../../core/domain/drift/verdict/watch-window.ts';
import type { CountedWindow } from '../../core/domain/drift/verdict/watched-window.ts';
import { type Baseline, createBaseline } from '../../core/domain/drift/verdict/window-test.ts';
import type { WindowVerdict } from '../../core/domain/drift/verdict/window-verdict.ts';
import { createRandom, type Random } from '../../core/domain/training/random.ts';
import { type Columns, planOf, profileOf } from './profile-rows.ts';

export const HOUR_MS = 3_600_000;

type Row = Record<string, number | string | null>;

/** A row of unchanged traffic: two related numbers, one with missing values, a category and a score. */
export function usualRow(random: Random): Row {
  const shared = random.uniform();
  const amount = shared + random.uniform();
  const shop = random.uniform();
  return {
    amount,
    age: random.uniform() < 0.02 ? null : shared + 2 * random.uniform(),
    shop: shop < 0.5 ? 'food' : shop < 0.8 ? 'fuel' : shop < 0.98 ? 'web' : 'game',
    score: amount ** 4,
  };
}

export interface RowsOptions {
  readonly seed: number;
  readonly change?: (row: Row, random: Random) => Row;
}

export function columnsOf(rows: number, { seed, change = (row) => row }: RowsOptions): Columns {
  const random = createRandom(seed);
  const all = Array.from({ length: rows }, () => change(usualRow(random), random));
  return Object.fromEntries(
    ['amount', 'age', 'shop', 'score'].map((name) => [name, all.map((row) => row[name] as number)]),
  );
}

export interface MonitorOptions extends VerdictOptions {
  /** Windows of history at the start. @default 60 */
  readonly windows?: number;
  /** Rows of each of them. @default 600 */
  readonly rows?: number;
  readonly windowMs?: number;
}

export interface TestMonitor {
  readonly baseline: Baseline;
  /** The next window. */
  see(options?: Partial<RowsOptions> & { readonly rows?: number }): WindowVerdict;
  state(): WatchState;
}

/** A monitor over unchanged traffic, and windows that are fed to it one after the other. */
export function aMonitor({
  windows = 60,
  rows = 600,
  windowMs = HOUR_MS,
  ...options
}: MonitorOptions = {}): TestMonitor {
  const training = columnsOf(5000, { seed: 1 });
  const plan = planOf(training, { bins: 20, predictions: ['score'] });
  const reference = profileOf(plan, training);
  const baseline = createBaseline(plan, reference);
  const settings = verdictSettings(options);
  const window = (t: number, columns: Columns): CountedWindow => ({
    fromMs: t * windowMs,
    toMs: (t + 1) * windowMs,
    profile: profileOf(plan, columns, { baseline: reference }),
  });
  const history = Array.from({ length: windows }, (_, t) => window(t, columnsOf(rows, { seed: 100 + t })));
  let state = startWatch(baseline, history);
  let t = windows;
  return {
    baseline,
    see: ({ rows: served = rows, seed = 10_000 + t, ...rest } = {}) => {
      const next = watchWindow(baseline, { state, window: window(t, columnsOf(served, { seed, ...rest })) }, settings);
      state = next.state;
      t += 1;
      return next.verdict;
    },
    state: () => state,
  };
}
