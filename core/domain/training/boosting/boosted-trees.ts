import type { Tree } from './tree.ts';

/** A trained ensemble: raw score of output k = base[k] + Σ over iterations of trees[iteration][k]. */
export interface BoostedTrees {
  readonly algorithm: 'hist-gradient-boosting';
  /** Labels by class index; null for regression. */
  readonly classes: readonly number[] | null;
  readonly featureCount: number;
  /** Raw score before any tree, by output, in float32. */
  readonly base: Float32Array;
  readonly trees: readonly (readonly Tree[])[];
  readonly seed: number;
}
