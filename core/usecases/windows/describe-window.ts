import type { MonitorOptions } from '../../contracts/monitor.ts';
import type { ColumnReport, Measure, WindowReport, WindowSummary } from '../../contracts/windows.ts';
import type { Baseline as StoredBaseline } from '../../domain/drift/profile/baseline.ts';
import type { Effect } from '../../domain/drift/verdict/effects.ts';
import { describeEffect } from '../../domain/drift/verdict/explain.ts';
import { expectedFalseAlarms } from '../../domain/drift/verdict/false-alarms.ts';
import type { VerdictSettings } from '../../domain/drift/verdict/verdict-settings.ts';
import type { ColumnVerdict, WindowVerdict } from '../../domain/drift/verdict/window-verdict.ts';
import type { Violation } from '../../domain/quality/violation.ts';
import { columnHistogram, columnStatistics } from '../../domain/windows/column-statistics.ts';
import type { RememberedWindow } from '../../domain/windows/monitor-memory.ts';
import type { SeriesName } from '../../domain/windows/window-grid.ts';
import { windowId } from '../../domain/windows/window-id.ts';
import type { JudgedLabels } from './judge-labels.ts';

/** Columns that are described one by one with their distribution; of further ones what moved. */
const DETAILED_COLUMNS = 200;
const MOVED_COLUMNS = 20;

export interface DescribedWindow {
  readonly options: MonitorOptions;
  readonly version: number;
  readonly series: SeriesName;
  readonly baseline: StoredBaseline;
  readonly folder: string;
  readonly settings: VerdictSettings;
  readonly window: RememberedWindow;
  readonly verdict: WindowVerdict;
  readonly violations: readonly Violation[];
  readonly labels: JudgedLabels;
  readonly trend: WindowReport['trend'];
  readonly revision: number;
  readonly reopened?: WindowSummary['reopened'];
  readonly now: number;
}

/** JSON has no NaN and no infinities: they are written by name. */
export const measure = (value: number): Measure => (Number.isFinite(value) ? value : (String(value) as Measure));

const iso = (ms: number): string => new Date(ms).toISOString();

/** A window as it is stored and answered. */
export function describeWindow(described: DescribedWindow): WindowReport {
  const { options, version, series, baseline, settings, window, verdict, labels, reopened } = described;
  const { performance, bias } = labels;
  const { columns } = verdict;
  return {
    id: windowId({ version, series, fromMs: window.fromMs }),
    service: options.service,
    version,
    series,
    from: iso(window.fromMs),
    to: iso(window.toMs),
    revision: described.revision,
    evaluatedAt: iso(described.now),
    ...(reopened && { reopened }),
    rows: verdict.rows,
    state: verdict.state,
    calibration: verdict.calibration,
    breached: verdict.breached,
    confirmed: verdict.confirmed,
    slowDrift: verdict.slowDrift.confirmed !== null,
    ...(verdict.sinceMs !== null && { since: iso(verdict.sinceMs) }),
    moved: moved(verdict),
    sentence: verdict.sentence,
    violations: described.violations.length,
    ...(performance && { performance: performance.state, labelCoverage: coverageOf(performance) }),
    ...(bias && bias.length > 0 && { bias: worstBias(bias) }),
    baseline: { folder: described.folder, rows: baseline.reference.rows },
    tally: { objects: window.objects, ...window.tally },
    ...(verdict.p !== null && { p: measure(verdict.p) }),
    alpha: verdict.alpha,
    historyWindows: verdict.historyWindows,
    strata: verdict.strata,
    expectedFalseAlarms: expectedFalseAlarms(
      { windowMs: window.toMs - window.fromMs, historyWindows: verdict.historyWindows },
      { ...settings, calibration: verdict.calibration === 'CALIBRATED' ? 'history' : 'two-sample' },
    ),
    columns: columns.map((column, place) => describeColumn(described, column, place < DETAILED_COLUMNS)),
    quality: {
      violations: described.violations.map(({ feature_name, constraint_check_type, description }) => ({
        feature: feature_name,
        check: constraint_check_type,
        description,
      })),
    },
    ...(performance && { performanceReport: performance }),
    ...(bias && { biasReport: [...bias] }),
    ...(labels.problem !== undefined && { labelsProblem: labels.problem }),
    trend: described.trend,
  };
}

/** Of a report what is listed. */
export function summaryOf(report: WindowReport): WindowSummary {
  const {
    baseline: _b,
    tally: _t,
    p: _p,
    alpha: _a,
    historyWindows: _h,
    strata: _s,
    expectedFalseAlarms: _e,
    columns: _c,
    quality: _q,
    performanceReport: _pr,
    biasReport: _br,
    labelsProblem: _lp,
    trend: _tr,
    ...summary
  } = report;
  return summary;
}

const coverageOf = ({ predictions, labelled }: NonNullable<JudgedLabels['performance']>): number =>
  predictions === 0 ? 0 : labelled / predictions;

const WORST_FIRST = ['BIASED', 'UNCERTAIN', 'WITHIN', 'INSUFFICIENT_DATA'] as const;

function worstBias(reports: NonNullable<JudgedLabels['bias']>): (typeof WORST_FIRST)[number] {
  const states = reports.flatMap(({ metrics }) => metrics.flatMap(({ state }) => state ?? []));
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'INSUFFICIENT_DATA';
}

function moved({ columns, slowDrift }: WindowVerdict): WindowSummary['moved'] {
  const breached = columns
    .filter((column) => column.breached)
    .toSorted((a, b) => overGate(b.effect) - overGate(a.effect))
    .slice(0, MOVED_COLUMNS)
    .map(({ column, effect }) => ({ column, says: describeEffect(effect) }));
  const { confirmed } = slowDrift;
  if (breached.length > 0 || confirmed === null) return breached;
  return [{ column: confirmed.column, says: `slowly: ${describeEffect(confirmed.effect)}` }];
}

export const overGate = ({ size, gate }: Pick<Effect, 'size' | 'gate'>): number => Math.abs(size) / gate;

const describeOne = (effect: Effect): ColumnReport['effect'] => ({
  kind: effect.kind,
  size: measure(effect.size),
  gate: effect.gate,
  passes: effect.passes,
  says: describeEffect(effect),
});

function describeColumn(
  { baseline: { plan, reference }, window }: DescribedWindow,
  verdict: ColumnVerdict,
  isDetailed: boolean,
): ColumnReport {
  const place = plan.columns.findIndex(({ name }) => name === verdict.column);
  const column = plan.columns[place];
  const counts = [reference, window.profile].map(({ columns }) => columns[place]);
  const statistics =
    column && counts[0] && counts[1] && isDetailed ? columnStatistics(column, counts[0], counts[1]) : {};
  return {
    column: verdict.column,
    role: verdict.role,
    state: verdict.state,
    breached: verdict.breached,
    p: measure(verdict.p),
    z: measure(verdict.z),
    effect: describeOne(verdict.effect),
    effects: isDetailed ? verdict.effects.map(describeOne) : [],
    statistics: Object.fromEntries(Object.entries(statistics).map(([name, value]) => [name, measure(value)])),
    ...(column &&
      counts[0] &&
      counts[1] &&
      isDetailed && { histogram: copyOf(columnHistogram(column, counts[0], counts[1])) }),
  };
}

const copyOf = ({ bins, reference, current }: ReturnType<typeof columnHistogram>) => ({
  bins: [...bins],
  reference: [...reference],
  current: [...current],
});
