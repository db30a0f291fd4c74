import type { TreeLayout } from './tree-layout.ts';
import { findLeaf } from './walk-trees.ts';

export type Aggregate = 'SUM' | 'AVERAGE' | 'MIN' | 'MAX';

export interface RawScores {
  /** `[rows, targets]`, what the leaves add up to. */
  readonly scores: Float32Array;
  /** Whether any leaf spoke of the target, same shape. */
  readonly isSet: Uint8Array;
}

/** Rows that are walked through one tree before the next: their features and scores stay in the processor's cache. */
const BLOCK = 128;

/**
 * Walks every row through every tree and aggregates the weights of the leaves in the order of the trees, rounding to float32
 * after each addition (a Float32Array rounds what is stored). AVERAGE sums; whoever finishes the scores divides.
 *
 * Cost: O(rows · trees · depth).
 */
export function sumTrees(
  layout: TreeLayout,
  data: Float32Array,
  { rows, columns, targets, aggregate }: { rows: number; columns: number; targets: number; aggregate: Aggregate },
): RawScores {
  const scores = new Float32Array(rows * targets);
  const isSet = new Uint8Array(rows * targets);
  const { cells, floats, roots, weights, weightTargets } = layout;
  const isSum = aggregate === 'SUM' || aggregate === 'AVERAGE';
  for (let block = 0; block < rows; block += BLOCK) {
    const end = Math.min(rows, block + BLOCK);
    for (let tree = 0; tree < roots.length; tree += 1) {
      const root = roots[tree] as number;
      for (let row = block; row < end; row += 1) {
        const leaf = findLeaf(layout, data, row * columns, root);
        const first = cells[leaf + 2] as number;
        const last = cells[leaf + 3] as number;
        if (isSum && targets === 1) {
          scores[row] = (scores[row] as number) + (floats[leaf + 1] as number);
          isSet[row] = 1;
          continue;
        }
        for (let place = first; place < last; place += 1) {
          const at = row * targets + (weightTargets[place] as number);
          const weight = weights[place] as number;
          const score = scores[at] as number;
          if (isSum) scores[at] = score + weight;
          else if (isSet[at] === 0 || (aggregate === 'MIN' ? weight < score : weight > score)) scores[at] = weight;
          isSet[at] = 1;
        }
      }
    }
  }
  return { scores, isSet };
}
