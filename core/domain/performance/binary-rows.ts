import type { LabelValue } from '../labels/label.ts';
import type { BinaryRows } from './binary-estimates.ts';
import type { LabelledRow } from './join-labels.ts';
import { isSameClass } from './same-class.ts';

export interface BinaryWindow {
  readonly rows: BinaryRows;
  /** Given where every row belongs to somebody. */
  readonly clusters: readonly string[] | undefined;
  /** Rows that were left out because they have no finite score. */
  readonly withoutScore: number;
}

/**
 * Labelled rows as columns of a question with two answers.
 *
 * @param positive the class that counts as 1; every other one counts as 0
 */
export function binaryRows(rows: readonly LabelledRow[], positive: LabelValue): BinaryWindow {
  const scored = rows.filter(({ score }) => score !== undefined && Number.isFinite(score));
  const isPositive = (value: LabelValue): 0 | 1 => (isSameClass(value, positive) ? 1 : 0);
  const entities = scored.flatMap(({ entity }) => entity ?? []);
  return {
    rows: {
      labels: Uint8Array.from(scored, ({ label }) => isPositive(label)),
      scores: Float64Array.from(scored, ({ score }) => score as number),
      predicted: Uint8Array.from(scored, ({ predicted }) => isPositive(predicted)),
    },
    clusters: entities.length === scored.length && scored.length > 0 ? entities : undefined,
    withoutScore: rows.length - scored.length,
  };
}
