import type { LabelValue } from '../labels/label.ts';
import type { Random } from '../training/random.ts';
import { binaryEstimates } from './binary-estimates.ts';
import { binaryRows } from './binary-rows.ts';
import { bootstrap } from './bootstrap.ts';
import type { ConfidenceOptions, Estimate } from './estimate.ts';
import { type EstimateOptions, estimatePerformance, type PerformanceEstimate } from './estimate-performance.ts';
import type { JoinedLabels, LabelledRow, PredictedRow } from './join-labels.ts';
import { type LabelCoverage, labelCoverage, type MaturityOptions } from './label-coverage.ts';
import { regressionEstimates } from './regression-estimates.ts';
import { isSameClass } from './same-class.ts';
import { shareEstimate } from './share-estimate.ts';
import type { Task } from './task.ts';
import { type PositivesWatch, watchPositives } from './watch-positives.ts';

export interface WindowOptions extends MaturityOptions, ConfidenceOptions {
  readonly task: Task;
  readonly random: Pick<Random, 'below' | 'uniform'>;
  readonly resamples?: number;
  /** What performance is estimated by before labels come. @default - it is not estimated */
  readonly estimate?: Pick<EstimateOptions, 'calibration' | 'recent' | 'gate'>;
  /** Share of positives that is to be expected. @default - positives are not watched */
  readonly expectedRate?: number;
}

export interface WindowPerformance {
  readonly coverage: LabelCoverage;
  /** Of the labelled rows; empty without any. */
  readonly measured: Readonly<Record<string, Estimate>>;
  /** Of the rows without labels. */
  readonly estimated?: PerformanceEstimate;
  /** Of the labelled rows of a window whose labels are as complete as they get: those that came first may be of one kind. */
  readonly positives?: PositivesWatch;
  /** Rows that were left out because they have no finite number to compare. */
  readonly withoutScore: number;
  /** What all this says, a sentence each. */
  readonly says: readonly string[];
}

/**
 * How well a model did in one window, as far as its labels tell, and how well it must have done where they do not yet.
 *
 * @throws `training.option_invalid`
 *
 * Cost: that of the metrics, which is O(resamples · rows · log rows).
 */
export function windowPerformance(joined: JoinedLabels, options: WindowOptions): WindowPerformance {
  const coverage = labelCoverage(joined, options);
  const { measured, withoutScore, positives } = measure(joined.labelled, coverage, options);
  const estimated = estimateUnlabelled(joined.unlabelled, options);
  return {
    coverage,
    measured,
    withoutScore,
    ...(estimated && { estimated }),
    ...(positives && { positives }),
    says: [
      sayCoverage(coverage),
      ...(estimated?.kind === 'refused' ? [`performance before labels is not estimated: ${estimated.why}`] : []),
      ...(positives ? [positives.says] : []),
    ],
  };
}

type Measured = Pick<WindowPerformance, 'measured' | 'withoutScore' | 'positives'>;

function measure(rows: readonly LabelledRow[], { maturity }: LabelCoverage, options: WindowOptions): Measured {
  const { task, expectedRate } = options;
  if (rows.length === 0) return { measured: {}, withoutScore: 0 };
  if (task.kind === 'multiclass') return { measured: agreement(rows, options), withoutScore: 0 };
  if (task.kind === 'regression') return measureQuantities(rows, options);
  const { rows: columns, clusters, withoutScore } = binaryRows(rows, task.positive);
  if (columns.labels.length === 0) return { measured: agreement(rows, options), withoutScore };
  const measured = binaryEstimates(columns, { ...options, clusters });
  if (expectedRate === undefined || maturity !== 'MATURE') return { measured, withoutScore };
  const observed = Array.from(columns.labels).reduce((sum, label) => sum + label, 0);
  return { measured, withoutScore, positives: watchPositives(observed, columns.labels.length, { expectedRate }) };
}

function measureQuantities(rows: readonly LabelledRow[], options: WindowOptions): Measured {
  const pairs = rows.flatMap((row) => {
    const [label, predicted] = [quantity(row.label), quantity(row.score ?? row.predicted)];
    return Number.isFinite(label) && Number.isFinite(predicted) ? [{ row, label, predicted }] : [];
  });
  const withoutScore = rows.length - pairs.length;
  if (pairs.length === 0) return { measured: {}, withoutScore };
  const of = (what: 'label' | 'predicted') => Float64Array.from(pairs, (pair) => pair[what]);
  const clusters = clustersOf(pairs.map(({ row }) => row));
  return {
    measured: regressionEstimates(of('label'), of('predicted'), { ...options, clusters }),
    withoutScore,
  };
}

/** A number, or a text that is one. */
const quantity = (value: LabelValue): number =>
  typeof value === 'boolean' || (typeof value === 'string' && value.trim() === '') ? Number.NaN : Number(value);

/** How often the answer was right: all that is known of classes without probabilities. */
function agreement(rows: readonly LabelledRow[], options: WindowOptions): Record<string, Estimate> {
  const right = rows.map(({ label, predicted }) => (isSameClass(label, predicted) ? 1 : 0));
  const clusters = clustersOf(rows);
  const share = (weights: ArrayLike<number>) => {
    const sum = right.reduce<number>((total, is, row) => total + is * (weights[row] as number), 0);
    return { accuracy: sum / Array.from(weights).reduce((total, weight) => total + weight, 0) };
  };
  // Rows of a customer are alike: Wilson's interval would promise too much.
  if (clusters !== undefined)
    return bootstrap(rows.length, share, { ...options, clusters }) as Record<string, Estimate>;
  const successes = right.reduce<number>((sum, is) => sum + is, 0);
  return { accuracy: shareEstimate(successes, rows.length, options) as Estimate };
}

function clustersOf(rows: readonly PredictedRow[]): string[] | undefined {
  const entities = rows.flatMap(({ entity }) => entity ?? []);
  return entities.length === rows.length && rows.length > 0 ? entities : undefined;
}

function estimateUnlabelled(rows: readonly PredictedRow[], options: WindowOptions): PerformanceEstimate | undefined {
  const { task, estimate } = options;
  if (estimate === undefined || task.kind !== 'binary') return undefined;
  const scored = rows.filter(({ score }) => score !== undefined && Number.isFinite(score));
  if (scored.length === 0) return undefined;
  const scores = Float64Array.from(scored, ({ score }) => score as number);
  const predicted = Uint8Array.from(scored, (row) => (isSameClass(row.predicted, task.positive) ? 1 : 0));
  return estimatePerformance({ scores, predicted }, { ...options, ...estimate });
}

const SAYS = {
  EMPTY: 'no predictions',
  UNLABELLED: 'no labels yet',
  MATURING: 'labels are still coming: what came first may be of one kind',
  MATURE: 'labels are as complete as they get',
} as const;

function sayCoverage({ predictions, labelled, maturity }: LabelCoverage): string {
  return predictions === 0 ? SAYS.EMPTY : `${labelled} of ${predictions} predictions have labels; ${SAYS[maturity]}`;
}
