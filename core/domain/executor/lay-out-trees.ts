import type { NodeReader } from './node-reader.ts';
import { CELLS, MODE, type TreeLayout } from './tree-layout.ts';
import { layoutFromBytes } from './tree-layout-bytes.ts';
import { unsupported } from './unsupported.ts';

interface TreeAttributes {
  readonly treeIds: readonly number[];
  readonly nodeIds: readonly number[];
  readonly features: readonly number[];
  readonly modes: readonly string[];
  readonly values: readonly number[];
  readonly trueIds: readonly number[];
  readonly falseIds: readonly number[];
  readonly missingTrue: readonly number[];
}

/** @param prefix of the attributes that hold the leaves' weights: `target` or `class` */
export function layOutTrees(node: NodeReader, prefix: 'target' | 'class'): TreeLayout {
  if (node.layout) return layoutFromBytes(node.layout);
  const attributes = readTrees(node);
  const { treeIds, nodeIds, features, modes, values, trueIds, falseIds, missingTrue } = attributes;
  const count = treeIds.length;
  const find = nodeFinder(treeIds, nodeIds);
  const cells = new Int32Array(count * CELLS);
  const floats = new Float32Array(cells.buffer);
  const whenMissing = new Int32Array(count);
  const nodeModes = new Uint8Array(count);
  const roots: number[] = [];
  let largestFeature = 0;
  let mode: number | undefined;
  let isMixed = false;
  for (let i = 0; i < count; i += 1) {
    if (i === 0 || treeIds[i] !== treeIds[i - 1]) roots.push(i * CELLS);
    const at = i * CELLS;
    const nodeMode = MODE[modes[i] as keyof typeof MODE] ?? unsupported(`nodes_modes ${modes[i]}`);
    nodeModes[i] = nodeMode;
    if (nodeMode === MODE.LEAF) {
      cells[at] = -1;
      continue;
    }
    if (mode !== undefined && mode !== nodeMode) isMixed = true;
    mode ??= nodeMode;
    const feature = features[i] as number;
    if (!(feature >= 0 && feature <= 0x7fff_ffff)) unsupported(`a feature ${feature}`);
    if (feature > largestFeature) largestFeature = feature;
    const tree = treeIds[i] as number;
    const whenTrue = find(tree, trueIds[i] as number) * CELLS;
    const whenFalse = find(tree, falseIds[i] as number) * CELLS;
    cells[at] = feature;
    floats[at + 1] = values[i] as number;
    cells[at + 2] = whenTrue;
    cells[at + 3] = whenFalse;
    // NaN fails every comparison but "not equal".
    whenMissing[i] = missingTrue[i] === 1 || nodeMode === MODE.BRANCH_NEQ ? whenTrue : whenFalse;
  }
  if (new Set(roots.map((root) => treeIds[root / CELLS])).size !== roots.length) unsupported('a tree in two places');
  checkTrees({ cells, roots, count });
  const { weightTargets, weights } = placeWeights(node, prefix, { cells, floats, find });
  return {
    cells,
    floats,
    whenMissing,
    modes: isMixed ? nodeModes : undefined,
    mode: mode ?? MODE.BRANCH_LEQ,
    roots: Int32Array.from(roots),
    weightTargets,
    weights,
    largestFeature,
  };
}

function readTrees(node: NodeReader): TreeAttributes {
  const attributes: TreeAttributes = {
    treeIds: node.integers('nodes_treeids'),
    nodeIds: node.integers('nodes_nodeids'),
    features: node.integers('nodes_featureids'),
    modes: node.texts('nodes_modes'),
    values: node.floats('nodes_values'),
    trueIds: node.integers('nodes_truenodeids'),
    falseIds: node.integers('nodes_falsenodeids'),
    missingTrue: node.integers('nodes_missing_value_tracks_true'),
  };
  const { treeIds, missingTrue, ...others } = attributes;
  const isWhole = Object.values(others).every((values) => values.length === treeIds.length);
  const missingIsWhole = missingTrue.length === 0 || missingTrue.length === treeIds.length;
  if (!isWhole || !missingIsWhole || treeIds.length === 0) unsupported('trees whose attributes differ in length');
  return attributes;
}

/** Finds a node's index by tree and id. Ids mostly are the position within the tree, which needs no map. */
function nodeFinder(treeIds: readonly number[], nodeIds: readonly number[]): (tree: number, id: number) => number {
  const starts = new Map<number, number>();
  let isPlain = true;
  for (let i = 0, start = 0; i < treeIds.length; i += 1) {
    if (i === 0 || treeIds[i] !== treeIds[i - 1]) {
      start = i;
      starts.set(treeIds[i] as number, i);
    }
    if (nodeIds[i] !== i - start) isPlain = false;
  }
  const places = isPlain ? undefined : new Map(treeIds.map((tree, i) => [`${tree} ${nodeIds[i]}`, i]));
  if (places && places.size !== treeIds.length) unsupported('a node that is there twice');
  return (tree, id) => {
    const place = places ? places.get(`${tree} ${id}`) : (starts.get(tree) ?? Number.NaN) + id;
    if (place === undefined || treeIds[place] !== tree || nodeIds[place] !== id) unsupported(`no node ${id}`);
    return place;
  };
}

/** A graph that is no tree might never reach a leaf. */
function checkTrees({ cells, roots, count }: { cells: Int32Array; roots: readonly number[]; count: number }): void {
  const seen = new Uint8Array(count);
  const waiting = [...roots];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (seen[at / CELLS] === 1) unsupported('a node with two parents');
    seen[at / CELLS] = 1;
    if ((cells[at] as number) >= 0) waiting.push(cells[at + 2] as number, cells[at + 3] as number);
  }
  if (seen.includes(0)) unsupported('a node that no root leads to');
}

function placeWeights(
  node: NodeReader,
  prefix: 'target' | 'class',
  { cells, floats, find }: { cells: Int32Array; floats: Float32Array; find: (tree: number, id: number) => number },
): Pick<TreeLayout, 'weights' | 'weightTargets'> {
  const trees = node.integers(`${prefix}_treeids`);
  const ids = node.integers(`${prefix}_nodeids`);
  const targets = node.integers(`${prefix}_ids`);
  const values = node.floats(`${prefix}_weights`);
  if (ids.length !== trees.length || targets.length !== trees.length || values.length !== trees.length) {
    unsupported('weights whose attributes differ in length');
  }
  const leaves = trees.map((tree, i) => find(tree, ids[i] as number) * CELLS);
  // A stable sort by leaf: a leaf's weights are added in the order of the file.
  const order = leaves.map((_, i) => i).sort((a, b) => (leaves[a] as number) - (leaves[b] as number));
  const weights = Float32Array.from(order, (i) => values[i] as number);
  const weightTargets = Int32Array.from(order, (i) => targets[i] as number);
  for (let place = 0; place < order.length; place += 1) {
    const leaf = leaves[order[place] as number] as number;
    if ((cells[leaf] as number) >= 0) unsupported('a weight on a node that is no leaf');
    if (cells[leaf + 3] === 0) {
      floats[leaf + 1] = weights[place] as number;
      cells[leaf + 2] = place;
    }
    cells[leaf + 3] = place + 1;
  }
  for (let at = 0; at < cells.length; at += CELLS) {
    if (cells[at] === -1 && cells[at + 3] === 0) unsupported('a leaf without a weight');
  }
  return { weights, weightTargets };
}
