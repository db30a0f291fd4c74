import type { Series, WindowReport, WindowSummary } from '../../contracts/windows.ts';
import type { WatchState } from '../../domain/drift/verdict/watch-state.ts';
import { checkConstraints } from '../../domain/quality/check-constraints.ts';
import { toViolationsDocument } from '../../domain/quality/violation.ts';
import { type FoldedWindow, type FoldWindow, windowFolder } from '../../domain/windows/fold-windows.ts';
import {
  type MonitorMemory,
  type RememberedWindow,
  readMemory,
  startMemory,
  trimMemory,
  writeMemory,
} from '../../domain/windows/monitor-memory.ts';
import { DAY_MS, type Grid, lengthOf, startOf } from '../../domain/windows/window-grid.ts';
import type { BaselineStore } from '../../ports/baseline-store.ts';
import type { WindowCounts } from '../../ports/window-counts.ts';
import { type Cursor, type ReportStore, WINDOWS_AT_ONCE, type WindowStore } from '../../ports/window-store.ts';
import { type CountSpanDependencies, countSpan, type LowerSeries } from './count-span.ts';
import { describeWindow, overGate, summaryOf } from './describe-window.ts';
import { type JudgeWindowDependencies, judgeWindow } from './judge-window.ts';
import { windowsWithNewLabels } from './new-labels.ts';
import type { OpenedVersion } from './open-version.ts';

export interface EvaluateSeriesDependencies extends JudgeWindowDependencies, CountSpanDependencies {
  readonly baselines: Pick<BaselineStore, 'read'>;
  readonly counts: Pick<WindowCounts, 'sum' | 'firstFrom'>;
  readonly windows: Pick<WindowStore, 'findCursor' | 'commit'>;
  readonly reports: ReportStore;
}

export interface SeriesQuestion {
  readonly opened: OpenedVersion;
  readonly series: Series;
  readonly isChampion: boolean;
  readonly now: number;
  /** Windows that end after this are not evaluated yet. */
  readonly readyMs: number;
}

/** A series as it was left. */
export interface OpenedSeries {
  readonly grid: Grid;
  readonly cursor: Cursor | undefined;
  readonly memory: MonitorMemory;
  readonly fold: FoldWindow;
}

export interface SeriesEvaluation extends LowerSeries {
  readonly evaluated: readonly string[];
  readonly reopened: readonly string[];
  /** Moments whose windows changed though they were evaluated. */
  readonly late: readonly number[];
  /** Of these, how many are of windows that are no longer remembered: they are counted, and not judged again. */
  readonly tooLate: number;
  readonly isBehind: boolean;
  /** Somebody else evaluated at the same time: nothing was written. */
  readonly isLost: boolean;
}

/** Windows that are evaluated in one call, and that are judged again for labels: a call has minutes. */
const NEW_WINDOWS = 24;
const RELABELLED_WINDOWS = 12;
const TREND_WINDOWS = 60;

/** As long as windows may be judged again. */
const KEPT: Readonly<Record<Series, (windowMs: number) => number>> = {
  window: (windowMs) => Math.max(168, Math.ceil((2 * DAY_MS) / windowMs)),
  day: () => 60,
  week: () => 30,
};

export async function openSeries(
  { windows, reports }: Pick<EvaluateSeriesDependencies, 'windows' | 'reports'>,
  { opened, series }: Pick<SeriesQuestion, 'opened' | 'series'>,
): Promise<OpenedSeries> {
  const { options, version, watched, baseline, fingerprint, settings } = opened;
  const grid = { series, windowMs: options.windowMinutes * 60_000 };
  const cursor = await windows.findCursor(version.service, { version: version.version, series });
  const text = cursor && (await reports.readMemory(cursor.memory));
  const fold = windowFolder({ baseline: watched, history: baseline.history, settings, lengthMs: lengthOf(grid) });
  // A new baseline begins anew: what was remembered by the old one cannot be compared with it.
  const remembered = text === undefined ? undefined : readMemory(watched, fingerprint, text);
  return { grid, cursor, fold, memory: remembered ?? startMemory(watched) };
}

/** Evaluates what has ended or changed in one series, in one transaction. */
export async function evaluateSeries(
  dependencies: EvaluateSeriesDependencies,
  question: SeriesQuestion & {
    readonly before: OpenedSeries;
    readonly late: readonly number[];
    readonly lower: LowerSeries | undefined;
    readonly emit: (reports: readonly WindowReport[]) => void;
  },
): Promise<SeriesEvaluation> {
  const { before, now, opened, series } = question;
  const { version } = opened;
  const changed = await recount(dependencies, question);
  const relabelled = await windowsWithNewLabels(dependencies, {
    options: opened.options,
    windows: changed.memory.windows,
    limit: RELABELLED_WINDOWS,
  });
  const again = await judgeAgain(dependencies, question, { changed, relabelled });
  const fresh = await evaluateNew(dependencies, question, again.memory);
  const reports = [...again.reports, ...fresh.reports];
  const isMoved = fresh.toMs !== before.cursor?.toMs;
  const lower = { windows: fresh.memory.windows, toMs: fresh.toMs };
  const late = changed.late;
  if (reports.length === 0 && !(isMoved && before.cursor !== undefined)) {
    return { ...lower, evaluated: [], reopened: [], late, tooLate: changed.tooLate, isBehind: false, isLost: false };
  }
  const memory = trimMemory(fresh.memory, { keep: KEPT[series](before.grid.windowMs), fold: before.fold });
  for (const { report, violations } of reports) {
    await dependencies.reports.putReport(report, JSON.stringify(toViolationsDocument(violations)));
  }
  const name = { service: version.service, version: version.version, series };
  const key = await dependencies.reports.putMemory(name, writeMemory(memory, opened.fingerprint));
  question.emit(fresh.reports.map(({ report }) => report));
  const cursor: Cursor = {
    version: version.version,
    series,
    toMs: fresh.toMs,
    revision: (before.cursor?.revision ?? 0) + 1,
    memory: key,
  };
  const summaries = reports.map(({ report }) => summaryOf(report));
  const isDone = await dependencies.windows.commit({ service: version.service, cursor, windows: summaries }, { now });
  // Somebody else was faster: what was written here has names of its own, and the next call looks again.
  if (!isDone) return { ...lower, evaluated: [], reopened: [], late: [], tooLate: 0, isBehind: true, isLost: true };
  if (before.cursor && before.cursor.memory !== key) await dependencies.reports.removeMemory(before.cursor.memory);
  return {
    ...lower,
    evaluated: fresh.reports.map(({ report }) => report.id),
    reopened: again.reports.map(({ report }) => report.id),
    late,
    tooLate: changed.tooLate,
    isBehind: fresh.isBehind,
    isLost: false,
  };
}

interface Recounted {
  readonly memory: MonitorMemory;
  /** Starts of the windows that were counted anew. */
  readonly starts: ReadonlySet<number>;
  /** What is late for longer series, too. */
  readonly late: readonly number[];
  readonly tooLate: number;
}

/** Counts the windows anew that late captures have reached, as far as they are remembered. */
async function recount(
  dependencies: EvaluateSeriesDependencies,
  { before, late, opened, lower, now }: Parameters<typeof evaluateSeries>[1],
): Promise<Recounted> {
  const { grid, memory, cursor } = before;
  const first = memory.base.recent.at(-1)?.fromMs ?? Number.NEGATIVE_INFINITY;
  const reached = [...new Set(late.map((at) => startOf(grid, at)))].filter((at) => at < (cursor?.toMs ?? 0));
  const starts = new Set(reached.filter((at) => at > first));
  const tooLate = reached.length - starts.size;
  if (starts.size === 0) return { memory, starts, late, tooLate };
  const windows = new Map(memory.windows.map((window) => [window.fromMs, window]));
  for (const fromMs of starts) {
    const counted = await countSpan(dependencies, { opened, fromMs, toMs: fromMs + lengthOf(grid), lower });
    const known = windows.get(fromMs);
    windows.set(fromMs, { revision: 0, evaluatedAtMs: now, ...known, ...counted });
  }
  const inOrder = [...windows.values()].toSorted((a, b) => a.fromMs - b.fromMs);
  return { memory: { ...memory, windows: inOrder }, starts, late, tooLate };
}

interface Judged {
  readonly report: WindowReport;
  readonly violations: Parameters<typeof toViolationsDocument>[0];
}

/** Folds over the remembered windows once more where one has changed, and judges those anew whose verdict, counts or labels are others. */
async function judgeAgain(
  dependencies: EvaluateSeriesDependencies,
  question: Parameters<typeof evaluateSeries>[1],
  { changed, relabelled }: { readonly changed: Recounted; readonly relabelled: ReadonlySet<number> },
): Promise<{ readonly memory: MonitorMemory; readonly reports: readonly Judged[] }> {
  const { before, now } = question;
  const { memory, starts } = changed;
  if (starts.size === 0 && relabelled.size === 0) return { memory, reports: [] };
  const folded = foldAll(before.fold, memory);
  const earlier = starts.size === 0 ? folded : foldAll(before.fold, before.memory);
  const verdictsBefore = new Map(before.memory.windows.map(({ fromMs }, i) => [fromMs, stateOf(earlier[i])]));
  const reports: Judged[] = [];
  const windows: RememberedWindow[] = [];
  for (const [i, window] of memory.windows.entries()) {
    const { verdict } = folded[i] as FoldedWindow;
    const reason = starts.has(window.fromMs)
      ? 'LATE_CAPTURES'
      : relabelled.has(window.fromMs)
        ? 'LABELS'
        : verdictsBefore.get(window.fromMs) !== stateOf(folded[i])
          ? 'EARLIER_WINDOW'
          : undefined;
    if (reason === undefined || reports.length >= WINDOWS_AT_ONCE - NEW_WINDOWS - 1) {
      windows.push(window);
      continue;
    }
    const reopened = { at: new Date(now).toISOString(), reason } as const;
    const judged = await judge(dependencies, question, { window, verdict, past: windows, reopened });
    reports.push(judged);
    windows.push(judged.window);
  }
  return { memory: { ...memory, windows, state: folded.at(-1)?.state ?? memory.state }, reports };
}

const stateOf = (folded: FoldedWindow | undefined): string =>
  JSON.stringify([folded?.verdict.state, folded?.verdict.breached, folded?.verdict.sinceMs]);

function foldAll(fold: FoldWindow, { base, windows }: MonitorMemory): FoldedWindow[] {
  const folded: FoldedWindow[] = [];
  let state: WatchState = base;
  for (const window of windows) {
    const next = fold(state, window);
    folded.push(next);
    state = next.state;
  }
  return folded;
}

interface NewWindows {
  readonly memory: MonitorMemory;
  readonly reports: readonly Judged[];
  readonly toMs: number;
  readonly isBehind: boolean;
}

/**
 * Evaluates the windows that have ended. Stretches without captures are passed over in one step: of the champion's the last window is evaluated, by
 * which it is seen that nothing came; other versions are not called, as a rule.
 */
async function evaluateNew(
  dependencies: EvaluateSeriesDependencies,
  question: Parameters<typeof evaluateSeries>[1],
  remembered: MonitorMemory,
): Promise<NewWindows> {
  const { before, opened, isChampion, readyMs, lower, now } = question;
  const { grid, fold } = before;
  const length = lengthOf(grid);
  const { service, version } = opened.version;
  const name = { service, version, baseline: opened.fingerprint };
  // Of a longer series only what the shorter one has evaluated.
  const endMs = startOf(grid, Math.min(readyMs, lower?.toMs ?? readyMs));
  const firstMs = before.cursor?.toMs ?? startOf(grid, Date.parse(opened.version.registeredAt));
  const reports: Judged[] = [];
  let windows = [...remembered.windows];
  let state = remembered.state;
  let at = firstMs;
  let next: number | undefined = Number.NEGATIVE_INFINITY;
  while (at + length <= endMs && reports.length < NEW_WINDOWS) {
    if (next !== undefined && next < at) next = await dependencies.counts.firstFrom(name, at);
    const trafficMs = next === undefined ? endMs : Math.min(startOf(grid, next), endMs);
    if (trafficMs > at) {
      const last = trafficMs - length;
      // A window of nothing tells nothing until something was there.
      if (!isChampion || last < at || windows.length === 0) {
        at = trafficMs;
        continue;
      }
      at = last;
    }
    const counted = await countSpan(dependencies, { opened, fromMs: at, toMs: at + length, lower });
    const window = { ...counted, revision: 0, evaluatedAtMs: now };
    const folded = fold(state, window);
    const judged = await judge(dependencies, question, { window, verdict: folded.verdict, past: windows });
    reports.push(judged);
    windows = [...windows, judged.window];
    state = folded.state;
    at += length;
  }
  return { memory: { ...remembered, windows, state }, reports, toMs: at, isBehind: at + length <= endMs };
}

async function judge(
  dependencies: EvaluateSeriesDependencies,
  { opened, series, now }: Parameters<typeof evaluateSeries>[1],
  {
    window,
    verdict,
    past,
    reopened,
  }: {
    readonly window: RememberedWindow;
    readonly verdict: FoldedWindow['verdict'];
    readonly past: readonly RememberedWindow[];
    readonly reopened?: WindowSummary['reopened'];
  },
): Promise<Judged & { readonly window: RememberedWindow }> {
  const { options, version, baseline, constraints, settings, folder } = opened;
  const { plan, reference } = baseline;
  const { profile, tally } = window;
  const violations =
    constraints === undefined
      ? []
      : checkConstraints(constraints, { plan, reference, profile, duplicateRows: tally.duplicateRows });
  const labels = await judgeWindow(dependencies, { opened, window, past, now });
  const remembered: RememberedWindow = {
    ...window,
    revision: window.revision + 1,
    evaluatedAtMs: now,
    calibrated: labels.calibrated,
    effects: verdict.evaluated
      ? verdict.columns.slice(0, TREND_COLUMNS).map(({ column, effect }) => [column, round(overGate(effect))] as const)
      : undefined,
    state: verdict.state,
  };
  const described = {
    options,
    version: version.version,
    series,
    baseline,
    folder,
    settings,
    window,
    verdict,
    violations,
    labels,
    trend: trendOf([...past, remembered].slice(-TREND_WINDOWS), verdict.columns),
    revision: remembered.revision,
    ...(reopened && { reopened }),
    now,
  };
  return { report: describeWindow(described), violations, window: remembered };
}

/** Columns whose effects are remembered for the trend: of three thousand the most unusual. */
const TREND_COLUMNS = 50;
const round = (value: number): number => Number(value.toPrecision(3));

/** What the windows before say of the columns of this one. */
function trendOf(
  windows: readonly RememberedWindow[],
  columns: readonly { readonly column: string | null }[],
): WindowReport['trend'] {
  const shown = columns.slice(0, TREND_COLUMNS).map(({ column }) => column);
  return windows.map(({ fromMs, profile, state, effects }) => {
    const known = new Map(effects);
    return {
      from: new Date(fromMs).toISOString(),
      rows: profile.rows,
      state: state ?? 'INSUFFICIENT_DATA',
      ...(effects && { effects: shown.map((column) => known.get(column) ?? 0) }),
    };
  });
}
