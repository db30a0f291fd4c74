import { checkSeed } from '../check-option.ts';
import { applyClassWeights, encodeClasses } from '../class-labels.ts';
import { createRandom } from '../random.ts';
import { selectTrainingRows, type TrainingData, type TrainingSet, toTrainingSet } from '../training-set.ts';
import { binFeatures } from './binned-features.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import { type BoostingOptions, resolveBoostingOptions } from './boosting-options.ts';
import { withExactSums } from './exact-sums.ts';
import { type GrownTree, growTree } from './grow-tree.ts';
import { createHistogramPool } from './histogram.ts';
import { binaryLogLoss, type Objective, softmaxLogLoss, squaredError } from './objective.ts';
import { splitForValidation } from './split-for-validation.ts';
import { type Tree, treeValue } from './tree.ts';

export interface BoostingRun extends Partial<BoostingOptions> {
  /** Decides which rows are kept for validation; nothing else is random. */
  readonly seed: number;
}

/**
 * Trains a classifier by gradient boosting on histograms: in each iteration one tree per output fits the loss's first
 * and second derivatives at the current scores.
 *
 * NaN is a missing value, for which each split learns a side; infinities are values beyond all others. Features are
 * rounded to float32 first and compared in it, so the model sees in training exactly what it sees when it serves.
 *
 * @throws `training.*` for data or options that cannot be trained on
 *
 * Cost: O(iterations · outputs · n · F · log(leaves)) time, n · F bytes beside the data.
 * Source: Friedman, Ann. Statist. 29 (2001) 1189–1232; Ke et al., LightGBM, NIPS 2017.
 */
export function trainBoostedClassifier(data: TrainingData, { seed, ...given }: BoostingRun): BoostedTrees {
  checkSeed(seed);
  const options = resolveBoostingOptions(given);
  const set = toTrainingSet(data);
  const encoded = encodeClasses(set);
  const weights = applyClassWeights(set.weights, encoded, options.classWeights);
  const classCount = encoded.classes.length;
  const objective = classCount === 2 ? binaryLogLoss : softmaxLogLoss(classCount);
  const rows = { ...set, labels: encoded.targets, weights };
  return { ...boost(rows, objective, { options, seed, stratified: true }), classes: encoded.classes };
}

/** The same for a number as label, by squared error. @throws `training.*` */
export function trainBoostedRegressor(data: TrainingData, { seed, ...given }: BoostingRun): BoostedTrees {
  checkSeed(seed);
  const options = { ...resolveBoostingOptions(given), maxLeafDelta: Number.POSITIVE_INFINITY };
  return { ...boost(toTrainingSet(data), squaredError, { options, seed, stratified: false }), classes: null };
}

function boost(
  set: TrainingSet,
  objective: Objective,
  { options, seed, stratified }: { options: BoostingOptions; seed: number; stratified: boolean },
): Omit<BoostedTrees, 'classes'> {
  const { fit, validation } = splitForValidation(set.labels, {
    share: options.validationShare,
    random: createRandom(seed),
    stratified,
  });
  const training = validation.length === 0 ? set : selectTrainingRows(set, fit);
  const watched = validation.length === 0 ? undefined : selectTrainingRows(set, validation);
  const base = objective.baseline(training.labels, training.weights);
  const trees = growTrees(training, objective, { options, base, stop: stopper({ watched, objective, base, options }) });
  return {
    algorithm: 'hist-gradient-boosting',
    featureCount: set.matrix.featureCount,
    ...withExactSums(base, trees),
    seed,
  };
}

/** Takes the trees of an iteration, says how many iterations to keep once training shall stop. */
type Stopper = (iteration: readonly Tree[]) => number | undefined;

function growTrees(
  { matrix, labels, weights }: TrainingSet,
  objective: Objective,
  { options, base, stop }: { options: BoostingOptions; base: Float64Array; stop: Stopper },
): (readonly Tree[])[] {
  const binned = binFeatures(matrix, options.maxBins);
  const pool = createHistogramPool(binned);
  const raw = startingScores(base, matrix.rowCount);
  const gradients = new Float64Array(raw.length);
  const hessians = new Float64Array(raw.length);
  const part = (values: Float64Array, output: number) =>
    values.subarray(output * matrix.rowCount, (output + 1) * matrix.rowCount);
  const trees: (readonly Tree[])[] = [];
  while (trees.length < options.maxIterations) {
    objective.derive(raw, { targets: labels, weights }, { gradients, hessians });
    const grown = Array.from(base, (_, output) => {
      const derivatives = { gradients: part(gradients, output), hessians: part(hessians, output) };
      return growTree({ binned, derivatives, rules: options, pool });
    });
    // Nothing left to learn: a tree of one leaf only repeats the baseline.
    if (trees.length > 0 && grown.every(({ leaves }) => leaves.length === 1)) break;
    for (const [output, tree] of grown.entries()) addLeaves(tree, part(raw, output));
    trees.push(grown.map(({ tree }) => tree));
    const keep = stop(trees.at(-1) as readonly Tree[]);
    if (keep !== undefined) return trees.slice(0, keep);
  }
  return trees;
}

function startingScores(base: Float64Array, rowCount: number): Float64Array {
  const raw = new Float64Array(base.length * rowCount);
  base.forEach((value, output) => void raw.fill(value, output * rowCount, (output + 1) * rowCount));
  return raw;
}

function addLeaves({ rows, leaves }: GrownTree, raw: Float64Array): void {
  for (const { start, end, value } of leaves) {
    for (let i = start; i < end; i += 1) {
      const row = rows[i] as number;
      raw[row] = (raw[row] as number) + value;
    }
  }
}

/** Stops when the loss on the watched rows has not fallen for `patience` iterations, and keeps the best. */
function stopper({
  watched,
  objective,
  base,
  options,
}: {
  watched: TrainingSet | undefined;
  objective: Objective;
  base: Float64Array;
  options: BoostingOptions;
}): Stopper {
  if (!watched) return () => undefined;
  const { matrix, labels: targets, weights } = watched;
  const raw = startingScores(base, matrix.rowCount);
  let best = { loss: Number.POSITIVE_INFINITY, iterations: 0 };
  let iterations = 0;
  return (iteration) => {
    iterations += 1;
    iteration.forEach((tree, output) => {
      for (let row = 0; row < matrix.rowCount; row += 1) {
        const at = output * matrix.rowCount + row;
        raw[at] = (raw[at] as number) + treeValue(tree, matrix.values, row * matrix.featureCount);
      }
    });
    const loss = objective.loss(raw, { targets, weights });
    if (loss < best.loss) best = { loss, iterations };
    const finished = iterations - best.iterations >= options.patience || iterations === options.maxIterations;
    return finished ? best.iterations : undefined;
  };
}
