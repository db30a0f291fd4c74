import { type Label, type LabelValue, labelName } from '../labels/label.ts';

/** One row of a captured prediction, as far as labels are compared with it. */
export interface PredictedRow {
  readonly id: string;
  /** From 0, within the prediction. */
  readonly row: number;
  readonly atMs: number;
  readonly version: number;
  /** Probability of the positive class, or the predicted quantity; absent where the answer has none. */
  readonly score?: number | undefined;
  /** The predicted class, or the quantity again. */
  readonly predicted: LabelValue;
  /** Fields by which windows are cut into segments, and those that are watched for bias. */
  readonly segments: Readonly<Record<string, LabelValue | null>>;
  /** To whom it belongs. */
  readonly entity?: string | undefined;
}

export interface LabelledRow extends PredictedRow {
  readonly label: LabelValue;
  readonly labelledAtMs: number;
}

export interface JoinedLabels {
  /** In the order of the predictions. */
  readonly labelled: readonly LabelledRow[];
  /** Predictions whose truth is not known yet. */
  readonly unlabelled: readonly PredictedRow[];
}

/**
 * Labels beside the rows that they are about. Captures are delivered at least once: of rows with one name the first counts.
 *
 * @param labels at most one for each row; those of other rows are passed over
 *
 * Cost: O(predictions + labels).
 */
export function joinLabels(predictions: Iterable<PredictedRow>, labels: Iterable<Label>): JoinedLabels {
  const truth = new Map<string, Label>();
  for (const label of labels) truth.set(labelName(label), label);
  const seen = new Set<string>();
  const labelled: LabelledRow[] = [];
  const unlabelled: PredictedRow[] = [];
  for (const prediction of predictions) {
    const name = labelName(prediction);
    if (seen.has(name)) continue;
    seen.add(name);
    const label = truth.get(name);
    if (label === undefined) unlabelled.push(prediction);
    else labelled.push({ ...prediction, label: label.value, labelledAtMs: label.atMs });
  }
  return { labelled, unlabelled };
}
