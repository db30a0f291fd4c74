import type { MonitorOptions } from '../../contracts/monitor.ts';
import type { Measure, WindowReport } from '../../contracts/windows.ts';
import { labelledColumns, predictedColumns } from '../../domain/bias/bias-columns.ts';
import { type BiasMetric, biasReport } from '../../domain/bias/bias-report.ts';
import type { Facet } from '../../domain/bias/facet.ts';
import { predictionBias } from '../../domain/bias/prediction-bias.ts';
import { ALLOWED, watchBias } from '../../domain/bias/watch-bias.ts';
import { isPlatformError } from '../../domain/errors.ts';
import { binaryRows } from '../../domain/performance/binary-rows.ts';
import type { Estimate } from '../../domain/performance/estimate.ts';
import type { EstimateOptions } from '../../domain/performance/estimate-performance.ts';
import { fitCalibration } from '../../domain/performance/isotonic-calibration.ts';
import type { JoinedLabels } from '../../domain/performance/join-labels.ts';
import { type WindowPerformance, windowPerformance } from '../../domain/performance/window-performance.ts';
import { createRandom } from '../../domain/training/random.ts';
import type { CalibratedRows } from '../../domain/windows/monitor-memory.ts';

type PerformanceJson = NonNullable<WindowReport['performanceReport']>;
type BiasJson = NonNullable<WindowReport['biasReport']>[number];

export interface JudgedLabels {
  readonly performance?: PerformanceJson | undefined;
  readonly bias?: readonly BiasJson[] | undefined;
  /** Why they are not there. */
  readonly problem?: string | undefined;
  /** Of the labelled rows of two classes, by which performance before labels is estimated in later windows. */
  readonly calibrated?: CalibratedRows | undefined;
}

export interface LabelsQuestion {
  readonly options: MonitorOptions;
  readonly windowEndMs: number;
  readonly now: number;
  /** The version's metrics, as it was registered with them. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Labelled rows of earlier windows, oldest first. */
  readonly earlier: readonly CalibratedRows[];
}

const HOUR_MS = 3_600_000;
/** The last labelled rows show whether a calibration that was fitted on earlier ones still holds. */
const RECENT_ROWS = 1_000;
const LEAST_FITTED_ROWS = 500;
/** Intervals of a few hundred resamples are told to two digits. */
const RESAMPLES = 200;

const json = (value: number): Measure => (Number.isFinite(value) ? value : (String(value) as Measure));
const estimateJson = ({ value, lower, upper }: Estimate) => ({
  value: json(value),
  lower: json(lower),
  upper: json(upper),
});
const estimatesJson = (estimates: Readonly<Partial<Record<string, Estimate>>>) =>
  Object.fromEntries(Object.entries(estimates).flatMap(([name, of]) => (of ? [[name, estimateJson(of)]] : [])));

/**
 * Performance and bias of one window, as far as its labels tell.
 *
 * @param random seed, so that the same rows give the same intervals
 */
export function judgeLabels(joined: JoinedLabels, question: LabelsQuestion): JudgedLabels {
  const { options } = question;
  const { task } = options;
  const random = createRandom(question.windowEndMs / HOUR_MS);
  const bias = options.bias.map((asked) => judgeBias(joined, asked, random));
  if (task === undefined) return { ...(bias.length > 0 && { bias }) };
  const estimate = task.kind === 'binary' ? calibrationOf(question.earlier) : undefined;
  const performance = windowPerformance(joined, {
    task,
    random,
    resamples: RESAMPLES,
    now: question.now,
    windowEndMs: question.windowEndMs,
    labelDelayMs: options.labelDelayHours * HOUR_MS,
    ...(estimate && { estimate }),
    ...(options.expectedPositiveRate !== undefined && { expectedRate: options.expectedPositiveRate }),
  });
  return {
    performance: performanceJson(performance, question.metrics),
    ...(bias.length > 0 && { bias }),
    ...(task.kind === 'binary' && { calibrated: calibratedRows(joined, task.positive) }),
  };
}

function calibrationOf(
  earlier: readonly CalibratedRows[],
): Pick<EstimateOptions, 'calibration' | 'recent'> | undefined {
  const scores = earlier.flatMap((rows) => rows.scores);
  const labels = earlier.flatMap((rows) => rows.labels);
  const split = Math.max(labels.length - RECENT_ROWS, Math.ceil(labels.length / 2));
  if (split < LEAST_FITTED_ROWS) return undefined;
  return {
    calibration: fitCalibration(labels.slice(0, split), scores.slice(0, split)),
    recent: { labels: labels.slice(split), scores: scores.slice(split) },
  };
}

/** As many rows of a window as are remembered for it. */
const REMEMBERED_ROWS = 500;

function calibratedRows(joined: JoinedLabels, positive: string | number | boolean): CalibratedRows {
  const { rows } = binaryRows(joined.labelled.slice(0, REMEMBERED_ROWS), positive);
  return { scores: Array.from(rows.scores), labels: Array.from(rows.labels) };
}

/** Metrics that are compared with what the version was registered with, and which way is worse. */
const COMPARED: readonly (readonly [string, 'lower' | 'higher'])[] = [
  ['roc_auc', 'lower'],
  ['average_precision', 'lower'],
  ['accuracy', 'lower'],
  ['f1', 'lower'],
  ['r2', 'lower'],
  ['log_loss', 'higher'],
  ['mean_absolute_error', 'higher'],
  ['root_mean_squared_error', 'higher'],
];

function performanceJson(
  { coverage, measured, estimated, positives, says }: WindowPerformance,
  metrics: Readonly<Record<string, number>>,
): PerformanceJson {
  const isKnown = (name: string) => Object.hasOwn(metrics, name);
  const worse = COMPARED.flatMap(([name, direction]) => {
    const estimate = (measured as Readonly<Record<string, Estimate | undefined>>)[name];
    const expected = metrics[name];
    if (estimate === undefined || expected === undefined || !isKnown(name)) return [];
    const isWorse = direction === 'lower' ? estimate.upper < expected : estimate.lower > expected;
    return isWorse
      ? [
          `${name} is ${digits(estimate.value)} (${digits(estimate.lower)} to ${digits(estimate.upper)}), and was ${digits(expected)} when the version was registered: worse by more than chance`,
        ]
      : [];
  });
  const state =
    coverage.labelled === 0
      ? 'NO_LABELS'
      : coverage.maturity === 'MATURING'
        ? 'MATURING'
        : worse.length > 0
          ? 'WORSE'
          : 'AS_EXPECTED';
  return {
    state,
    predictions: coverage.predictions,
    labelled: coverage.labelled,
    ...(coverage.coverage && { coverage: estimateJson(coverage.coverage) }),
    maturity: coverage.maturity,
    delayMs: { median: json(coverage.delayMs.median), ninetieth: json(coverage.delayMs.ninetieth) },
    measured: estimatesJson(measured),
    ...(estimated && {
      estimated:
        estimated.kind === 'estimated'
          ? { kind: 'estimated' as const, metrics: estimatesJson(estimated.metrics) }
          : { kind: 'refused' as const, reason: estimated.reason, why: estimated.why },
    }),
    ...(positives && {
      positives: {
        observed: positives.observed,
        expected: positives.expected,
        pValue: json(positives.pValue),
        verdict: positives.verdict,
        says: positives.says,
      },
    }),
    expected: Object.fromEntries(
      COMPARED.flatMap(([name]) => (isKnown(name) ? [[name, metrics[name] as number]] : [])),
    ),
    says: [...says, ...worse],
  };
}

const digits = (value: number): string => String(Number(value.toPrecision(4)));

function judgeBias(
  joined: JoinedLabels,
  { field, disadvantaged, favourable, allowed }: MonitorOptions['bias'][number],
  random: ReturnType<typeof createRandom>,
): BiasJson {
  const facet: Facet = { field, ...disadvantaged };
  try {
    const metrics = biasMetrics(joined, { facet, favourable }, random);
    const ranges = { ...ALLOWED, ...allowed };
    return {
      field,
      metrics: Object.entries(metrics).map(([name, estimate]) => {
        const metric = name as BiasMetric;
        const range = ranges[metric];
        if (range === undefined) {
          const { value } = estimate;
          return { metric, estimate: estimateJson(estimate), says: `${metric} is ${digits(value)}` };
        }
        const { state, says } = watchBias(metric, estimate, range);
        return { metric, estimate: estimateJson(estimate), state, says };
      }),
    };
  } catch (error) {
    // A facet without rows in this window, or no rows at all: the metrics are not defined, and the report says why.
    if (!isPlatformError(error)) throw error;
    return { field, metrics: [] };
  }
}

/** All metrics of the labelled rows, and of all rows those that need no labels: they are known first, and of more rows. */
function biasMetrics(
  { labelled, unlabelled }: JoinedLabels,
  question: { readonly facet: Facet; readonly favourable: string | number | boolean },
  random: ReturnType<typeof createRandom>,
): Readonly<Record<string, Estimate>> {
  const before = predictedColumns([...labelled, ...unlabelled], question);
  const ofPredictions = predictionBias(before.rows, { random, resamples: RESAMPLES, clusters: before.clusters });
  const after = labelledColumns(labelled, question);
  const isEither = (value: 0 | 1) => Array.from(after.rows.disadvantaged).includes(value);
  if (!isEither(0) || !isEither(1)) return ofPredictions;
  const { metrics } = biasReport(after.rows, { random, resamples: RESAMPLES, clusters: after.clusters });
  return { ...metrics, ...ofPredictions };
}
