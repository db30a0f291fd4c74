import { type BinnedFeatures, missingBin } from './binned-features.ts';
import { type Histogram, SUMS_PER_BIN } from './histogram.ts';

/** Sums over the rows of a node. */
export interface NodeSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly count: number;
}

export interface Split {
  readonly feature: number;
  /** Rows of this bin and lower ones go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
  readonly left: NodeSums;
  readonly right: NodeSums;
}

export interface SplitRules {
  readonly minSamplesLeaf: number;
  readonly l2: number;
  readonly minGain: number;
}

// Below this hessian a leaf's Newton step G/H is noise.
const MIN_HESSIAN_LEAF = 1e-3;
// Sums that were subtracted carry rounding errors; a gain of this share of the node's own score is none.
const RELATIVE_NOISE = 1e-10;

/**
 * The split of a node that lowers the loss most, by the second-order approximation
 *
 *     gain = G_L² / (H_L + λ) + G_R² / (H_R + λ) − G² / (H + λ)
 *
 * over all features, bin edges and, where the node has missing values, both sides for them (with a last candidate that
 * parts missing from present). Where the node has none, missing values are sent to the side with more rows.
 * Of equal gains the first feature and lowest edge win, so that the result does not depend on anything else.
 *
 * @returns undefined when no split keeps `minSamplesLeaf` rows on both sides and gains more than `minGain`
 *
 * Cost: O(bins).
 * Source: Friedman, Ann. Statist. 29 (2001) 1189–1232; Chen & Guestrin, KDD 2016, eq. 7 and alg. 3 (missing values).
 */
export function findSplit(
  histogram: Histogram,
  sums: NodeSums,
  { binned, rules }: { binned: BinnedFeatures; rules: SplitRules },
): Split | undefined {
  let best: Split | undefined;
  for (let feature = 0; feature < binned.featureCount; feature += 1) {
    const found = bestOfFeature(feature, best?.gain ?? floorGain(sums, rules), { histogram, sums, binned, rules });
    if (found) best = found;
  }
  return best;
}

const score = (gradient: number, hessian: number, l2: number): number => (gradient * gradient) / (hessian + l2);

function floorGain({ gradient, hessian }: NodeSums, { l2, minGain }: SplitRules): number {
  return Math.max(minGain, RELATIVE_NOISE * score(gradient, hessian, l2));
}

interface Search {
  readonly histogram: Histogram;
  readonly sums: NodeSums;
  readonly binned: BinnedFeatures;
  readonly rules: SplitRules;
}

function bestOfFeature(feature: number, gainToBeat: number, search: Search): Split | undefined {
  const { histogram, binned } = search;
  const missing = sumsOfBin(histogram, (binned.offsets[feature] as number) + missingBin(binned, feature));
  const right = scanBins(feature, gainToBeat, { ...search, missing, missingLeft: false });
  if (missing.count === 0) return right && { ...right, missingLeft: right.left.count > right.right.count };
  return scanBins(feature, right?.gain ?? gainToBeat, { ...search, missing, missingLeft: true }) ?? right;
}

function sumsOfBin(histogram: Histogram, bin: number): NodeSums {
  const at = bin * SUMS_PER_BIN;
  return {
    gradient: histogram[at] as number,
    hessian: histogram[at + 1] as number,
    count: histogram[at + 2] as number,
  };
}

/** Walks the edges from low to high with missing values on one side. */
function scanBins(
  feature: number,
  gainToBeat: number,
  { histogram, sums, binned, rules, missing, missingLeft }: Search & { missing: NodeSums; missingLeft: boolean },
): Split | undefined {
  const { minSamplesLeaf, l2 } = rules;
  const parent = score(sums.gradient, sums.hessian, l2);
  const offset = binned.offsets[feature] as number;
  // One candidate beyond the last edge: all that is present left, all that is missing right.
  const candidates = (binned.edges[feature] as Float32Array).length + (missing.count > 0 && !missingLeft ? 1 : 0);
  let gradient = missingLeft ? missing.gradient : 0;
  let hessian = missingLeft ? missing.hessian : 0;
  let count = missingLeft ? missing.count : 0;
  let bestGain = gainToBeat;
  let bin = -1;
  let left: NodeSums | undefined;
  for (let candidate = 0; candidate < candidates; candidate += 1) {
    const at = (offset + candidate) * SUMS_PER_BIN;
    gradient += histogram[at] as number;
    hessian += histogram[at + 1] as number;
    count += histogram[at + 2] as number;
    if (count < minSamplesLeaf || hessian < MIN_HESSIAN_LEAF) continue;
    const hessianRight = sums.hessian - hessian;
    if (sums.count - count < minSamplesLeaf || hessianRight < MIN_HESSIAN_LEAF) break;
    const gain = score(gradient, hessian, l2) + score(sums.gradient - gradient, hessianRight, l2) - parent;
    if (gain > bestGain) {
      bestGain = gain;
      bin = candidate;
      left = { gradient, hessian, count };
    }
  }
  return left && { feature, bin, missingLeft, gain: bestGain, left, right: difference(sums, left) };
}

const difference = (whole: NodeSums, part: NodeSums): NodeSums => ({
  gradient: whole.gradient - part.gradient,
  hessian: whole.hessian - part.hessian,
  count: whole.count - part.count,
});
