import type { ModelVersion } from '../../contracts/api.ts';
import { GRACE_MS, type MonitorOptions } from '../../contracts/monitor.ts';
import type { MonitorMetric } from '../../contracts/monitor-metrics.ts';
import type { WindowReport } from '../../contracts/windows.ts';
import type { SeriesName } from '../../domain/windows/window-grid.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ReopenedSlot, ReopenedWindows } from '../../ports/window-counts.ts';
import { type EvaluateSeriesDependencies, evaluateSeries, openSeries } from './evaluate-series.ts';
import { openVersion } from './open-version.ts';

export interface EvaluateWindowsDependencies extends EvaluateSeriesDependencies {
  readonly registry: Pick<ModelRegistry, 'findService' | 'listVersions'>;
  readonly reopened: Pick<ReopenedWindows, 'list' | 'clear'>;
  /** Called before a window is committed: what is counted twice after a crash is a maximum. */
  readonly emit: (service: string, metrics: Readonly<Record<MonitorMetric, number>>, times: { now: number }) => void;
}

export interface Evaluation {
  readonly service: string;
  /** Ids of the windows that were evaluated for the first time. */
  readonly evaluated: readonly string[];
  /** Of those that were evaluated again. */
  readonly reopened: readonly string[];
  /** Versions that were called and have no baseline. */
  readonly withoutBaseline: readonly number[];
  /** Windows that captures came too late for: they are counted, and not judged again. */
  readonly tooLate: number;
  /** Whether there is more to do than one call does. */
  readonly isBehind: boolean;
}

/** Versions that are looked at: older ones are not called any more, as a rule. */
const VERSIONS = 20;
const SERIES: readonly SeriesName[] = ['window', 'day', 'week'];

/**
 * Evaluates the windows of a service that have ended, and those that late captures or labels have changed: of the champion all of them, of other
 * versions those in which they were called.
 *
 * Each evaluation is one transaction. Whoever comes second finds it done, whoever crashes is made up for by the next call.
 *
 * @param times.now when this is, in ms: that of the schedule
 * @throws what reading or writing throws, once the other versions are done
 */
export const evaluateWindows =
  (dependencies: EvaluateWindowsDependencies) =>
  async (options: MonitorOptions, { now }: { readonly now: number }): Promise<Evaluation> => {
    const { registry } = dependencies;
    const { service } = options;
    const state = await registry.findService(service);
    const versions = state === undefined ? [] : (await registry.listVersions(service)).slice(0, VERSIONS);
    const done: VersionEvaluation[] = [];
    const faults: unknown[] = [];
    for (const version of versions) {
      const isChampion = version.version === state?.champion;
      await evaluateVersion(dependencies, { options, version, isChampion, now }).then(
        (evaluation) => void done.push(evaluation),
        (error: unknown) => void faults.push(error),
      );
    }
    if (faults.length > 0) throw faults[0];
    return {
      service,
      evaluated: done.flatMap(({ evaluated }) => evaluated),
      reopened: done.flatMap(({ reopened }) => reopened),
      withoutBaseline: done.flatMap(({ withoutBaseline }) => withoutBaseline),
      tooLate: done.reduce((sum, { tooLate }) => sum + tooLate, 0),
      isBehind: done.some(({ isBehind }) => isBehind),
    };
  };

type VersionEvaluation = Omit<Evaluation, 'service'>;

interface Task {
  readonly options: MonitorOptions;
  readonly version: ModelVersion;
  readonly isChampion: boolean;
  readonly now: number;
}

async function evaluateVersion(dependencies: EvaluateWindowsDependencies, task: Task): Promise<VersionEvaluation> {
  const { reopened } = dependencies;
  const { options, version, isChampion, now } = task;
  const name = { service: version.service, version: version.version };
  const opened = await openVersion(dependencies, options, version);
  if (opened === undefined) {
    return {
      evaluated: [],
      reopened: [],
      withoutBaseline: isChampion ? [version.version] : [],
      tooLate: 0,
      isBehind: false,
    };
  }
  const marks = await reopened.list(name);
  const evaluated: string[] = [];
  const again: string[] = [];
  let isBehind = false;
  let tooLate = 0;
  let late: readonly number[] = marks.map(({ slotMs }) => slotMs);
  let lower: Awaited<ReturnType<typeof evaluateSeries>> | undefined;
  for (const series of SERIES) {
    const asked = { opened, series, isChampion, now, readyMs: now - GRACE_MS };
    const emit = (reports: readonly WindowReport[]) => {
      if (isChampion) for (const report of reports) dependencies.emit(name.service, metricsOf(report), { now });
    };
    const before = await openSeries(dependencies, asked);
    lower = await evaluateSeries(dependencies, { ...asked, before, late, lower, emit });
    evaluated.push(...lower.evaluated);
    again.push(...lower.reopened);
    late = lower.late;
    tooLate += lower.tooLate;
    isBehind ||= lower.isBehind;
    if (lower.isLost) break;
  }
  // What another call did not know of stays marked.
  if (lower?.isLost === false) await clearMarks(reopened, name, marks);
  return { evaluated, reopened: again, withoutBaseline: [], tooLate, isBehind };
}

async function clearMarks(
  reopened: Pick<ReopenedWindows, 'clear'>,
  name: { service: string; version: number },
  marks: readonly ReopenedSlot[],
): Promise<void> {
  for (const mark of marks) await reopened.clear(name, mark);
}

/** See core/contracts/monitor-metrics.ts. */
function metricsOf(report: WindowReport): Record<MonitorMetric, number> {
  const isWindow = report.series === 'window';
  const biased = (report.biasReport ?? []).flatMap(({ metrics }) => metrics).filter(({ state }) => state === 'BIASED');
  return {
    driftBreached: isWindow && report.breached ? 1 : 0,
    driftConfirmed: report.state === 'DRIFT' && (!isWindow || report.slowDrift) ? 1 : 0,
    qualityViolations: report.violations,
    performanceWorse: report.performance === 'WORSE' ? 1 : 0,
    biasFound: biased.length,
    windowRows: isWindow ? report.rows : 0,
    monitorFailures: 0,
  };
}
