import { PlatformError } from '../../errors.ts';

export interface MetricOptions {
  /** How much each row counts, ≥ 0. @default - every row counts 1 */
  readonly weights?: ArrayLike<number> | undefined;
}

/** Rows that have the same score, which no threshold can tell apart. */
export interface ScoreGroup {
  readonly score: number;
  readonly positive: number;
  readonly negative: number;
}

/**
 * Groups rows by score, highest first, with the weight of the positive (label 1) and negative (label 0) rows in each.
 *
 * @throws `training.shape_mismatch` when labels, scores and weights differ in length
 * @throws `training.label_invalid` for a label other than 0 and 1
 * @throws `training.no_rows` for no rows
 * @throws `training.one_class` when the positive or the negative rows weigh nothing
 *
 * Cost: O(n log n).
 */
export function groupByScore(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  { weights }: MetricOptions,
): ScoreGroup[] {
  checkLengths(labels.length, { scores, weights });
  const order = Uint32Array.from({ length: labels.length }, (_, row) => row).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number),
  );
  const groups: { score: number; positive: number; negative: number }[] = [];
  for (const row of order) {
    const score = scores[row] as number;
    if (groups.at(-1)?.score !== score) groups.push({ score, positive: 0, negative: 0 });
    const group = groups.at(-1) as { positive: number; negative: number };
    group[side(labels[row] as number, row)] += weights?.[row] ?? 1;
  }
  checkBothClasses(groups);
  return groups;
}

/** @throws `training.no_rows`, `training.shape_mismatch` */
export function checkLengths(
  rows: number,
  { scores, weights }: { scores: ArrayLike<number>; weights?: ArrayLike<number> | undefined },
): void {
  if (rows === 0) {
    throw new PlatformError('training.no_rows', {
      message: 'a metric of no rows is not defined; give at least one row',
      details: { got: 0 },
    });
  }
  for (const [what, values] of [
    ['scores', scores],
    ['weights', weights],
  ] as const) {
    if (values === undefined || values.length === rows) continue;
    throw new PlatformError('training.shape_mismatch', {
      message: `there are ${values.length} ${what} for ${rows} labels; give one for each`,
      details: { what, got: values.length, expected: rows },
    });
  }
}

function side(label: number, row: number): 'positive' | 'negative' {
  if (label === 1) return 'positive';
  if (label === 0) return 'negative';
  throw new PlatformError('training.label_invalid', {
    message: `the label of row ${row} is ${label}; this metric takes 0 and 1`,
    details: { row, got: String(label) },
  });
}

function checkBothClasses(groups: readonly ScoreGroup[]): void {
  const classes = [
    ...(groups.some(({ negative }) => negative > 0) ? [0] : []),
    ...(groups.some(({ positive }) => positive > 0) ? [1] : []),
  ];
  if (classes.length === 2) return;
  throw new PlatformError('training.one_class', {
    message: `the classes of the rows that count are [${classes.join(', ')}]; ranking needs both 0 and 1`,
    details: { classes },
  });
}
