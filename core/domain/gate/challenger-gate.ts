import type { AdmissionBudget } from '../admission/admission-budget.ts';
import { type BiasQuestion, labelledColumns } from '../bias/bias-columns.ts';
import { type BiasMetric, biasMetrics, biasReport } from '../bias/bias-report.ts';
import { ALLOWED, type AllowedRange, watchBias } from '../bias/watch-bias.ts';
import type { LabelValue } from '../labels/label.ts';
import { compareAuc } from '../performance/compare-auc.ts';
import type { Estimate } from '../performance/estimate.ts';
import type { LabelledRow } from '../performance/join-labels.ts';
import { isSameClass } from '../performance/same-class.ts';
import type { Task } from '../performance/task.ts';
import type { Random } from '../training/random.ts';
import { pairedAccuracy } from './paired-accuracy.ts';
import { pairedErrors } from './paired-errors.ts';

/** One labelled row as both models answer it; what is said of the row beside its answer is the same on both sides. */
export interface PairedRow {
  readonly champion: LabelledRow;
  readonly challenger: LabelledRow;
}

export interface GateSettings {
  /**
   * By how much the challenger may be worse and still pass: of ROC AUC, of accuracy, or of the champion's mean absolute error as a share of it.
   * @default 0.01
   */
  readonly margin?: number;
  /** By how much within one segment. @default 0.05 */
  readonly segmentMargin?: number;
  /** Chance that a challenger which is worse by the margin passes; and that one which is worse nowhere fails by any of its segments. @default 0.05 */
  readonly alpha?: number;
  /** Labelled rows that are needed, and in a segment for it to be compared. @default 200 */
  readonly leastRows?: number;
  /** Of either class. @default 20 */
  readonly leastOfClass?: number;
  /** Fields by whose values rows are parted. */
  readonly segments?: readonly string[];
  readonly bias?: readonly (BiasQuestion & {
    readonly allowed?: Readonly<Partial<Record<BiasMetric, AllowedRange>>>;
  })[];
}

export interface GateCheck {
  /** `performance`, `segment:country=DE`, `bias:age:DI`, `latency`, `memory`, `load`. */
  readonly name: string;
  /** `NOT_EVALUATED`: too few rows; only where that is no reason to refuse. */
  readonly state: 'PASSED' | 'FAILED' | 'INSUFFICIENT_DATA' | 'NOT_EVALUATED';
  readonly says: string;
  readonly difference?: Estimate;
  readonly pValue?: number;
}

export interface GateDecision {
  readonly passes: boolean;
  readonly rows: number;
  readonly checks: readonly GateCheck[];
  /** In a sentence: the reason, where it is refused. */
  readonly says: string;
}

const DEFAULTS = { margin: 0.01, segmentMargin: 0.05, alpha: 0.05, leastRows: 200, leastOfClass: 20 } as const;

type Settings = GateSettings & Required<Pick<GateSettings, keyof typeof DEFAULTS>>;

/**
 * Whether a challenger may take the champion's place, by what both answer to the same recent labelled rows.
 *
 * - **Performance**: it is shown not to be worse by more than the margin. For two classes with scores by ROC AUC (paired DeLong), for classes by accuracy
 *   (McNemar's table), for quantities by the mean absolute error: the lower bound of the difference, one-sided at `alpha`, lies above −margin. A
 *   bare difference of points decides nothing; and what cannot be shown for lack of rows is refused.
 * - **Segments**: it is not shown to be worse by more than their margin in any (`alpha` over all segments together, Bonferroni). Small segments cannot
 *   show that they are well, which is why they are asked the other way round.
 * - **Bias**: no metric of the challenger lies outside its range by more than chance, unless the champion's does as well and by no less.
 * - **Budget**: what was measured when it was admitted fits.
 *
 * @param rows labelled after the challenger's training set ends
 * @param random for the bootstrap of bias
 *
 * Cost: O(rows · log rows), and for bias O(resamples · rows) a field.
 * Source: non-inferiority: Piaggio et al., JAMA 308 (2012) 2594–2604; DeLong 1988; Agresti & Min 2005.
 */
export function challengerGate(
  rows: readonly PairedRow[],
  {
    task,
    settings = {},
    measured,
    budget,
    random,
  }: {
    task: Task;
    settings?: GateSettings;
    measured?: AdmissionBudget | undefined;
    budget?: AdmissionBudget | undefined;
    random: Pick<Random, 'below'>;
  },
): GateDecision {
  const all: Settings = { ...DEFAULTS, ...settings };
  const checks = [
    checkPerformance(rows, task, all),
    ...checkSegments(rows, task, all),
    ...checkBias(rows, all, random),
    ...(measured !== undefined && budget !== undefined ? checkBudget(measured, budget) : []),
  ];
  const against = checks.filter(({ state }) => state === 'FAILED' || state === 'INSUFFICIENT_DATA');
  const passes = against.length === 0;
  const says = passes ? `passes: ${checks[0]?.says}` : `refused: ${against.map((each) => each.says).join('; ')}`;
  return { passes, rows: rows.length, checks, says };
}

interface Compared {
  readonly metric: string;
  readonly difference: Estimate;
  readonly pValue: number;
}

/** @returns what is missing, in words, where there are too few rows */
function compare(
  rows: readonly PairedRow[],
  task: Task,
  { confidence, leastRows, leastOfClass }: Settings & { confidence: number },
): Compared | string {
  if (rows.length < leastRows) return `${rows.length} labelled rows, ${leastRows} are needed`;
  if (task.kind === 'regression') {
    const errors = (of: (row: PairedRow) => LabelledRow) =>
      Float64Array.from(rows, (row) => Math.abs(Number(of(row).predicted) - Number(of(row).label)));
    const found = pairedErrors(
      errors(({ champion }) => champion),
      errors(({ challenger }) => challenger),
      confidence,
    );
    return { metric: 'mean absolute error, as a share of the champion’s,', ...found };
  }
  if (task.kind === 'binary' && rows.every(({ champion, challenger }) => isScored(champion) && isScored(challenger))) {
    const labels = Uint8Array.from(rows, ({ champion }) => Number(isSameClass(champion.label, task.positive)));
    const positives = labels.reduce((sum, label) => sum + label, 0);
    const fewer = Math.min(positives, rows.length - positives);
    if (fewer < leastOfClass) return `${fewer} rows of the rarer class, ${leastOfClass} are needed`;
    const scores = (of: (row: PairedRow) => LabelledRow) => Float64Array.from(rows, (row) => of(row).score as number);
    const both = { first: scores(({ champion }) => champion), second: scores(({ challenger }) => challenger) };
    const { difference, pValue } = compareAuc(labels, both, { confidence });
    return { metric: 'ROC AUC', difference, pValue };
  }
  const isRight = ({ predicted, label }: LabelledRow): boolean => isSameClass(predicted as LabelValue, label);
  const discordant = {
    onlyFirst: rows.filter(({ champion, challenger }) => isRight(champion) && !isRight(challenger)).length,
    onlySecond: rows.filter(({ champion, challenger }) => !isRight(champion) && isRight(challenger)).length,
  };
  return { metric: 'accuracy', ...pairedAccuracy(discordant, rows.length, confidence) };
}

const isScored = ({ score }: LabelledRow): boolean => score !== undefined && Number.isFinite(score);

function checkPerformance(rows: readonly PairedRow[], task: Task, settings: Settings): GateCheck {
  const { margin, alpha } = settings;
  // A one-sided bound at alpha is a side of the interval at 1 - 2 alpha.
  const compared = compare(rows, task, { ...settings, confidence: 1 - 2 * alpha });
  if (typeof compared === 'string') {
    return { name: 'performance', state: 'INSUFFICIENT_DATA', says: `performance cannot be compared: ${compared}` };
  }
  const { metric, difference, pValue } = compared;
  const passes = difference.lower > -margin;
  const verdict = passes
    ? `not worse by ${margin}`
    : difference.upper < -margin
      ? `worse by more than ${margin}`
      : `not shown to be within ${margin}`;
  return {
    name: 'performance',
    state: passes ? 'PASSED' : 'FAILED',
    says: `the challenger’s ${metric} differs by ${signed(difference.value)} (${signed(difference.lower)} to ${signed(difference.upper)}) on ${rows.length} rows: ${verdict}`,
    difference,
    pValue,
  };
}

function checkSegments(rows: readonly PairedRow[], task: Task, settings: Settings): GateCheck[] {
  const { segments = [], segmentMargin, alpha } = settings;
  const parts = segments.flatMap((field) => {
    const byValue = Map.groupBy(rows, ({ champion }) => String(champion.segments[field] ?? 'none'));
    return [...byValue].map(([value, part]) => ({ name: `segment:${field}=${value}`, part }));
  });
  const confidence = 1 - (2 * alpha) / Math.max(1, parts.length);
  return parts.map(({ name, part }): GateCheck => {
    const compared = compare(part, task, { ...settings, confidence });
    if (typeof compared === 'string')
      return { name, state: 'NOT_EVALUATED', says: `${name} was not compared: ${compared}` };
    const { metric, difference, pValue } = compared;
    const fails = difference.upper < -segmentMargin;
    const says = `in ${name} the challenger’s ${metric} differs by ${signed(difference.value)} (at most ${signed(difference.upper)}) on ${part.length} rows: ${fails ? 'worse' : 'not shown to be worse'} by more than ${segmentMargin}`;
    return { name, state: fails ? 'FAILED' : 'PASSED', says, difference, pValue };
  });
}

function checkBias(
  rows: readonly PairedRow[],
  { bias = [], leastRows }: Settings,
  random: Pick<Random, 'below'>,
): GateCheck[] {
  return bias.flatMap(({ allowed = { DI: ALLOWED.DI as AllowedRange }, ...question }) => {
    const columnsOf = (of: (row: PairedRow) => LabelledRow) => labelledColumns(rows.map(of), question);
    const challenged = columnsOf(({ challenger }) => challenger);
    const metrics = Object.entries(allowed) as [BiasMetric, AllowedRange][];
    const name = (metric: string): string => `bias:${question.facet.field}:${metric}`;
    const facets = challenged.rows.disadvantaged;
    const disadvantaged = Array.from(facets).reduce((sum, each) => sum + each, 0);
    const fewest = Math.min(disadvantaged, facets.length - disadvantaged);
    if (facets.length < leastRows || fewest === 0) {
      const says = `bias by ${question.facet.field} cannot be judged: ${facets.length} labelled rows have it, ${fewest} of the smaller facet; ${leastRows} of both are needed`;
      return metrics.map(([metric]): GateCheck => ({ name: name(metric), state: 'INSUFFICIENT_DATA', says }));
    }
    const before = biasMetrics(columnsOf(({ champion }) => champion).rows);
    const after = biasReport(challenged.rows, { random, clusters: challenged.clusters }).metrics;
    return metrics.map(([metric, range]): GateCheck => {
      const verdict = watchBias(metric, after[metric], range);
      const grows = distance(after[metric].value, range) > distance(before[metric], range);
      const fails = verdict.state === 'BIASED' && grows;
      const beside = verdict.state === 'BIASED' && !grows ? ', as the champion’s' : '';
      return {
        name: name(metric),
        state: fails ? 'FAILED' : verdict.state === 'INSUFFICIENT_DATA' ? 'INSUFFICIENT_DATA' : 'PASSED',
        says: `by ${question.facet.field}, ${verdict.says}${beside}`,
        difference: after[metric],
      };
    });
  });
}

/** How far a value lies outside its range; of a ratio's range on the scale of its logarithm, on which 1/2 and 2 are as far. */
function distance(value: number, { least, most }: AllowedRange): number {
  if (value >= least && value <= most) return 0;
  return least > 0 ? Math.max(Math.log(least / value), Math.log(value / most)) : Math.max(least - value, value - most);
}

function checkBudget(measured: AdmissionBudget, budget: AdmissionBudget): GateCheck[] {
  const checks = [
    { name: 'load', got: measured.loadMs, limit: budget.loadMs, unit: 'ms to load' },
    { name: 'latency', got: measured.latencyMs, limit: budget.latencyMs, unit: 'ms for a row (p99)' },
    { name: 'memory', got: measured.memoryMiB, limit: budget.memoryMiB, unit: 'MiB' },
  ];
  return checks.map(({ name, got, limit, unit }) => ({
    name,
    state: got <= limit ? 'PASSED' : 'FAILED',
    says: `the challenger takes ${Number(got.toFixed(1))} of ${limit} ${unit}`,
  }));
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
