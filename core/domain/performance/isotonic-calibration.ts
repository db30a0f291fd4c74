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
  checkLengths(labels.length, { scores });
  const order = Uint32Array.from({ length: labels.length }, (_, row) => row).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  const distinct: number[] = [];
  const blocks: Block[] = [];
  for (const row of order) {
    const score = scores[row] as number;
    if (distinct.at(-1) === score) add(blocks.at(-1) as Block, labels[row] as number);
    else {
      // The score before is complete: only now can it be told whether it violates the order.
      pool(blocks);
      distinct.push(score);
      blocks.push({ weight: 1, sum: labels[row] as number, scores: 1 });
    }
  }
  pool(blocks);
  const probabilities = blocks.flatMap(({ sum, weight, scores: covered }) =>
    new Array<number>(covered).fill(sum / weight),
  );
  return withoutInterior(distinct, probabilities);
}

function add(block: Block, label: number): void {
  block.weight += 1;
  block.sum += label;
}

/** Joins the last block to those before it while it lies below them. */
function pool(blocks: Block[]): void {
  for (;;) {
    const [before, last] = blocks.slice(-2);
    if (before === undefined || last === undefined || before.sum / before.weight < last.sum / last.weight) return;
    before.weight += last.weight;
    before.sum += last.sum;
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
