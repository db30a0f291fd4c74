import { type BinnedFeatures, missingBin } from './binned-features.ts';
import { findSplit, type NodeSums, type Split, type SplitRules } from './find-split.ts';
import { type Derivatives, fillHistogram, type Histogram, type HistogramPool, subtractHistogram } from './histogram.ts';
import type { Tree } from './tree.ts';

export interface GrowthRules extends SplitRules {
  readonly maxLeaves: number;
  readonly learningRate: number;
  readonly maxLeafDelta: number;
}

export interface GrownTree {
  readonly tree: Tree;
  /** Row indices, those of a leaf one after the other. */
  readonly rows: Uint32Array;
  /** Each leaf's rows, as a range of `rows`, with what it adds. */
  readonly leaves: readonly { readonly start: number; readonly end: number; readonly value: number }[];
}

interface GrowingNode {
  readonly start: number;
  readonly end: number;
  readonly sums: NodeSums;
  histogram?: Histogram | undefined;
  split?: Split | undefined;
  children?: readonly [left: number, right: number];
}

export interface Growth {
  readonly binned: BinnedFeatures;
  readonly derivatives: Derivatives;
  readonly rules: GrowthRules;
  readonly pool: HistogramPool;
}

/**
 * Grows one regression tree leaf by leaf: always the split with the largest gain next, until there are `maxLeaves`
 * leaves or nothing gains. A leaf adds the Newton step
 *
 *     value = −η · clip(G / (H + λ), ±maxLeafDelta)
 *
 * Cost: about O(n · F · log(leaves)), since only the smaller child of a split is read.
 * Source: Ke et al., NIPS 2017 (leaf-wise growth, histogram subtraction); Friedman 2001 (shrinkage η).
 */
export function growTree(growth: Growth): GrownTree {
  const rows = Uint32Array.from({ length: growth.binned.rowCount }, (_, row) => row);
  const nodes: GrowingNode[] = [rootNode(rows, growth)];
  for (let leaves = 1; leaves < growth.rules.maxLeaves; leaves += 1) {
    const chosen = nodeToSplit(nodes);
    if (!chosen) break;
    splitNode(chosen, { nodes, rows, growth, isLast: leaves + 1 === growth.rules.maxLeaves });
  }
  for (const { histogram } of nodes) if (histogram) growth.pool.giveBack(histogram);
  return { rows, ...finishTree(nodes, growth) };
}

function rootNode(rows: Uint32Array, { binned, derivatives, rules, pool }: Growth): GrowingNode {
  const histogram = pool.take();
  fillHistogram(histogram, rows, { binned, derivatives });
  const sums = { gradient: sum(derivatives.gradients), hessian: sum(derivatives.hessians), count: rows.length };
  return { start: 0, end: rows.length, sums, histogram, split: findSplit(histogram, sums, { binned, rules }) };
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i += 1) total += values[i] as number;
  return total;
}

/** The open leaf with the largest gain; of equal ones the oldest. */
function nodeToSplit(nodes: readonly GrowingNode[]): GrowingNode | undefined {
  let best: GrowingNode | undefined;
  for (const node of nodes) {
    if (node.children || !node.split) continue;
    if (!best || node.split.gain > (best.split as Split).gain) best = node;
  }
  return best;
}

function splitNode(
  node: GrowingNode,
  { nodes, rows, growth, isLast }: { nodes: GrowingNode[]; rows: Uint32Array; growth: Growth; isLast: boolean },
): void {
  const split = node.split as Split;
  const middle = node.start + partition(rows.subarray(node.start, node.end), split, growth.binned);
  const left: GrowingNode = { start: node.start, end: middle, sums: split.left };
  const right: GrowingNode = { start: middle, end: node.end, sums: split.right };
  node.children = [nodes.length, nodes.length + 1];
  nodes.push(left, right);
  // The children of the last split are never split, so nobody needs their histograms.
  if (!isLast) openChildren(node, [left, right], { rows, growth });
}

/** Moves the rows that go left to the front, keeping the order on both sides. Returns how many they are. */
function partition(rows: Uint32Array, { feature, bin, missingLeft }: Split, binned: BinnedFeatures): number {
  const column = binned.bins.subarray(feature * binned.rowCount, (feature + 1) * binned.rowCount);
  const missing = missingBin(binned, feature);
  const right = new Uint32Array(rows.length);
  let leftCount = 0;
  let rightCount = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as number;
    const rowBin = column[row] as number;
    if (rowBin === missing ? missingLeft : rowBin <= bin) rows[leftCount++] = row;
    else right[rightCount++] = row;
  }
  rows.set(right.subarray(0, rightCount), leftCount);
  return leftCount;
}

/** Finds the children's own best splits: the smaller child is read, the larger is what remains of the parent. */
function openChildren(
  parent: GrowingNode,
  [left, right]: readonly [GrowingNode, GrowingNode],
  { rows, growth }: { rows: Uint32Array; growth: Growth },
): void {
  const { binned, derivatives, rules, pool } = growth;
  const whole = parent.histogram as Histogram;
  parent.histogram = undefined;
  const [smaller, larger] = left.sums.count <= right.sums.count ? [left, right] : [right, left];
  if (larger.sums.count < 2 * rules.minSamplesLeaf) {
    pool.giveBack(whole);
    return;
  }
  const histogram = pool.take();
  fillHistogram(histogram, rows.subarray(smaller.start, smaller.end), { binned, derivatives });
  larger.histogram = subtractHistogram(whole, histogram);
  smaller.histogram = histogram;
  for (const child of [smaller, larger]) {
    child.split = findSplit(child.histogram as Histogram, child.sums, { binned, rules });
    if (child.split) continue;
    pool.giveBack(child.histogram as Histogram);
    child.histogram = undefined;
  }
}

function finishTree(nodes: readonly GrowingNode[], { binned, rules }: Growth): Pick<GrownTree, 'tree' | 'leaves'> {
  const values = nodes.map((node) => (node.children ? 0 : leafValue(node.sums, rules)));
  const splitOf = (node: GrowingNode) => (node.children ? node.split : undefined);
  const tree = {
    feature: Int32Array.from(nodes, (node) => splitOf(node)?.feature ?? -1),
    threshold: Float32Array.from(nodes, (node) => thresholdOf(splitOf(node), binned)),
    missingLeft: Uint8Array.from(nodes, (node) => (splitOf(node)?.missingLeft ? 1 : 0)),
    left: Int32Array.from(nodes, (node) => node.children?.[0] ?? 0),
    right: Int32Array.from(nodes, (node) => node.children?.[1] ?? 0),
    value: Float32Array.from(values),
  };
  const leaves = nodes.flatMap(({ children, start, end }, index) =>
    children ? [] : [{ start, end, value: tree.value[index] as number }],
  );
  return { tree, leaves };
}

function leafValue({ gradient, hessian }: NodeSums, { l2, learningRate, maxLeafDelta }: GrowthRules): number {
  if (hessian + l2 < 1e-12) return 0;
  const step = gradient / (hessian + l2);
  return -learningRate * Math.min(Math.max(step, -maxLeafDelta), maxLeafDelta);
}

/** Beyond the last edge everything present goes left: nothing is above +Infinity. */
function thresholdOf(split: Split | undefined, { edges }: BinnedFeatures): number {
  return split ? ((edges[split.feature] as Float32Array)[split.bin] ?? Number.POSITIVE_INFINITY) : 0;
}
