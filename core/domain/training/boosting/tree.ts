/** A binary decision tree as parallel arrays; node 0 is the root. */
export interface Tree {
  /** Feature that the node asks, −1 for a leaf. */
  readonly feature: Int32Array;
  /** A row goes left when `x <= threshold`, compared in float32. */
  readonly threshold: Float32Array;
  /** 1 where a row without the feature goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What a leaf adds to the raw score; 0 for other nodes. */
  readonly value: Float32Array;
}

/**
 * What the tree adds to the raw score of one row.
 *
 * @param values float32 features, row after row; the row starts at `start`
 */
export function treeValue(tree: Tree, values: Float32Array, start: number): number {
  let node = 0;
  let feature = tree.feature[0] as number;
  while (feature >= 0) {
    const value = values[start + feature] as number;
    // NaN compares false with everything, so it goes right unless the node says otherwise.
    const goesLeft = value <= (tree.threshold[node] as number) || (Number.isNaN(value) && tree.missingLeft[node] === 1);
    node = (goesLeft ? tree.left[node] : tree.right[node]) as number;
    feature = tree.feature[node] as number;
  }
  return tree.value[node] as number;
}
