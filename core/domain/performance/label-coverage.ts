import type { Estimate } from './estimate.ts';
import type { JoinedLabels } from './join-labels.ts';
import { shareEstimate } from './share-estimate.ts';

export interface MaturityOptions {
  readonly now: number;
  /** End of the window. */
  readonly windowEndMs: number;
  /** How long labels of this service usually take: nine in ten have come by then. */
  readonly labelDelayMs: number;
  /** Share of labelled rows from which on a window is judged before that. @default 0.95 */
  readonly coverage?: number;
}

export interface LabelCoverage {
  readonly predictions: number;
  readonly labelled: number;
  /** Undefined without predictions. */
  readonly coverage: Estimate | undefined;
  /** How long ago the window ended. */
  readonly ageMs: number;
  /** Between prediction and label, of those that came; NaN where none has. A label that names an earlier time counts 0. */
  readonly delayMs: { readonly median: number; readonly ninetieth: number };
  /**
   * `EMPTY`: no prediction. `UNLABELLED`: none of them has a label. `MATURING`: more labels are to be expected, and what came first may be of
   * another kind than what comes late (a fraud is reported, its absence is not). `MATURE`: as complete as it gets.
   */
  readonly maturity: 'EMPTY' | 'UNLABELLED' | 'MATURING' | 'MATURE';
}

/** How many of a window's predictions have labels, and whether more are to be expected. Cost: O(n log n). */
export function labelCoverage(
  { labelled, unlabelled }: JoinedLabels,
  { now, windowEndMs, labelDelayMs, coverage: enough = 0.95 }: MaturityOptions,
): LabelCoverage {
  const predictions = labelled.length + unlabelled.length;
  const ageMs = Math.max(0, now - windowEndMs);
  const delays = Float64Array.from(labelled, ({ atMs, labelledAtMs }) => Math.max(0, labelledAtMs - atMs)).sort();
  const isMature = ageMs >= labelDelayMs || labelled.length >= enough * predictions;
  const maturity =
    predictions === 0 ? 'EMPTY' : labelled.length === 0 ? 'UNLABELLED' : isMature ? 'MATURE' : 'MATURING';
  return {
    predictions,
    labelled: labelled.length,
    coverage: shareEstimate(labelled.length, predictions),
    ageMs,
    delayMs: { median: orderStatistic(delays, 0.5), ninetieth: orderStatistic(delays, 0.9) },
    maturity,
  };
}

const orderStatistic = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
