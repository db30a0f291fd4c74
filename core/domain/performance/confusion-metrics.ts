import type { Confusion } from './confusion.ts';
import type { ConfidenceOptions, Estimate } from './estimate.ts';
import { shareEstimate } from './share-estimate.ts';

/** Names as in reports and in metrics of a version. */
export const CONFUSION_METRICS = ['accuracy', 'precision', 'recall', 'specificity', 'f1'] as const;
export type ConfusionMetric = (typeof CONFUSION_METRICS)[number];

/** What a share is a share of. */
interface Share {
  readonly of: number;
  readonly successes: number;
}

/** Jaccard's index stands for F1, which grows with it: F1 = 2J/(1 + J), J = TP/(TP + FP + FN). */
const SHARES: Readonly<Record<ConfusionMetric, (cells: Confusion) => Share>> = {
  accuracy: ({ truePositive, trueNegative, falsePositive, falseNegative }) => ({
    successes: truePositive + trueNegative,
    of: truePositive + trueNegative + falsePositive + falseNegative,
  }),
  precision: ({ truePositive, falsePositive }) => ({ successes: truePositive, of: truePositive + falsePositive }),
  recall: ({ truePositive, falseNegative }) => ({ successes: truePositive, of: truePositive + falseNegative }),
  specificity: ({ trueNegative, falsePositive }) => ({ successes: trueNegative, of: trueNegative + falsePositive }),
  f1: ({ truePositive, falsePositive, falseNegative }) => ({
    successes: truePositive,
    of: truePositive + falsePositive + falseNegative,
  }),
};

const fromJaccard = (index: number): number => (2 * index) / (1 + index);

/**
 * A share of a confusion matrix.
 *
 * @returns in [0, 1]; NaN where it is a share of nothing, such as the precision of a model that called nothing positive
 */
export function confusionMetric(metric: ConfusionMetric, cells: Confusion): number {
  const { successes, of } = SHARES[metric](cells);
  return metric === 'f1' ? fromJaccard(successes / of) : successes / of;
}

/**
 * The same with its interval: Wilson's, given what it is a share of. F1 is no share; its interval is that of Jaccard's index, mapped by the
 * function that maps the one to the other, which grows and so keeps the confidence.
 *
 * @returns undefined for a share of nothing
 */
export function confusionEstimate(
  metric: ConfusionMetric,
  cells: Confusion,
  options: ConfidenceOptions = {},
): Estimate | undefined {
  const { successes, of } = SHARES[metric](cells);
  const share = shareEstimate(successes, of, options);
  if (share === undefined || metric !== 'f1') return share;
  return { value: fromJaccard(share.value), lower: fromJaccard(share.lower), upper: fromJaccard(share.upper) };
}
