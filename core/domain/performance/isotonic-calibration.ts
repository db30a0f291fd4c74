import { checkLengths } from '../training/metrics/scored-rows.ts';

/** A rising function through points, linear between them, level beyond them. */
export interface Calibration {
  /** Ascending, distinct. */
  readonly scores: readonly number[];
  /** Never falling. */
  readonly probabilities: readonly number[];
}

interface Block {
  weight: number;
  sum: number;
  /** Weighted sum of the scores. */
  scoreSum: number;
  /** How many distinct scores it covers. */
  scores: number;
}

/**
 * Isotonic regression of labels on scores by pooling adjacent violators: of all rising functions the one with the least squared error.
 *
 * @param labels 0 or 1 per row
 * @param scores per row; rows of one score share a point
 * @throws `training.no_rows`, `training.shape_mismatch`
 *
 * Cost: O(N log N).
 * Source: Ayer et al., Ann. Math. Stat. 26 (1955) 641–647; Zadrozny & Elkan, KDD 2002 (as calibration).
 */
export function fitCalibration(labels: ArrayLike<number>, scores: ArrayLike<number>): Calibration {
  const { distinct, blocks } = poolAdjacentViolators(labels, scores, undefined);
  const probabilities = blocks.flatMap(({ sum, weight, scores: covered }) =>
    new Array<number>(covered).fill(sum / weight),
  );
  return withoutInterior(distinct, probabilities);
}

/**
 * The same regression with one point per pooled block, at the mean score of the block's rows, and linear between: between
 * blocks it rises instead of jumping, so that a score's rounding moves the probability by as little.
 *
 * @param weights of the rows, > 0 @default - every row counts 1
 * @throws `training.no_rows`, `training.shape_mismatch`
 *
 * Cost: O(N log N).
 * Source: Oron & Flournoy, Centered isotonic regression, Stat. Biopharm. Res. 9 (2017) 258–267.
 */
export function fitCenteredCalibration(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Calibration {
  const { blocks } = poolAdjacentViolators(labels, scores, weights);
  return {
    scores: blocks.map(({ scoreSum, weight }) => scoreSum / weight),
    probabilities: blocks.map(({ sum, weight }) => sum / weight),
  };
}

function poolAdjacentViolators(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
): { distinct: number[]; blocks: Block[] } {
  checkLengths(labels.length, { scores, weights });
  const order = Uint32Array.from({ length: labels.length }, (_, row) => row).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  const distinct: number[] = [];
  const blocks: Block[] = [];
  for (const row of order) {
    const score = scores[row] as number;
    const weight = weights?.[row] ?? 1;
    if (distinct.at(-1) !== score) {
      // The score before is complete: only now can it be told whether it violates the order.
      pool(blocks);
      distinct.push(score);
      blocks.push({ weight: 0, sum: 0, scoreSum: 0, scores: 1 });
    }
    const block = blocks.at(-1) as Block;
    block.weight += weight;
    block.sum += weight * (labels[row] as number);
    block.scoreSum += weight * score;
  }
  pool(blocks);
  return { distinct, blocks };
}

/** Joins the last block to those before it while it lies below them. */
function pool(blocks: Block[]): void {
  for (;;) {
    const [before, last] = blocks.slice(-2);
    if (before === undefined || last === undefined || before.sum / before.weight < last.sum / last.weight) return;
    before.weight += last.weight;
    before.sum += last.sum;
    before.scoreSum += last.scoreSum;
    before.scores += last.scores;
    blocks.pop();
  }
}

/** Points between two of the same height say nothing: a calibration is stored with its version. */
function withoutInterior(scores: readonly number[], probabilities: readonly number[]): Calibration {
  const kept = scores
    .map((_, i) => i)
    .filter((i) => probabilities[i - 1] !== probabilities[i] || probabilities[i + 1] !== probabilities[i]);
  return {
    scores: kept.map((i) => scores[i] as number),
    probabilities: kept.map((i) => probabilities[i] as number),
  };
}

/** @returns the probability of 1, within those that were fitted */
export function calibrate({ scores, probabilities }: Calibration, score: number): number {
  let from = 0;
  let to = scores.length - 1;
  if (score <= (scores[from] as number)) return probabilities[from] as number;
  if (score >= (scores[to] as number)) return probabilities[to] as number;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((scores[middle] as number) <= score) from = middle;
    else to = middle;
  }
  const [x0, x1] = [scores[from] as number, scores[to] as number];
  const [y0, y1] = [probabilities[from] as number, probabilities[to] as number];
  return y0 + ((y1 - y0) * (score - x0)) / (x1 - x0);
}
