/**
 * All trees of an ensemble in flat arrays. A node is four 32-bit cells: feature, threshold (a float), and the offsets of the
 * cells of the node to go to where the comparison holds and where it does not. In a leaf the feature is −1, the second cell
 * is its only weight (a float), and the others are where its weights start and end.
 */
export interface TreeLayout {
  readonly cells: Int32Array;
  /** The same memory as `cells`. */
  readonly floats: Float32Array;
  /** By node: the offset to go to where the feature is missing. */
  readonly whenMissing: Int32Array;
  /** By node: how it compares; undefined where every node has the mode `mode`. */
  readonly modes: Uint8Array | undefined;
  readonly mode: number;
  /** Offset of each tree's root, in the order in which trees are added up. */
  readonly roots: Int32Array;
  readonly weightTargets: Int32Array;
  readonly weights: Float32Array;
  readonly largestFeature: number;
}

/** How a node compares the feature with its threshold. */
export const MODE = {
  BRANCH_LEQ: 0,
  BRANCH_LT: 1,
  BRANCH_GTE: 2,
  BRANCH_GT: 3,
  BRANCH_EQ: 4,
  BRANCH_NEQ: 5,
  LEAF: 6,
} as const;

export const CELLS = 4;
