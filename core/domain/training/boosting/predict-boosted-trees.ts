import { type FeatureRows, toFeatureMatrix } from '../feature-matrix.ts';
import { softmaxRows } from '../softmax.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import { treeValue } from './tree.ts';

/**
 * Probabilities of the classes, or the predicted numbers of a regressor.
 *
 * @param rows shape `[N, F]`; NaN is missing
 * @returns `[N, C]` in float32, columns in the order of `model.classes`; `[N]` for regression.
 *   The raw scores equal ONNX Runtime's to the bit; probabilities differ by the rounding of its exponential, under 10⁻⁶
 * @throws `training.shape_mismatch` when rows have another number of features than the model
 */
export function predictBoostedTrees(model: BoostedTrees, rows: FeatureRows): Float32Array {
  const scores = boostedScores(model, rows);
  return model.classes ? softmaxRows(scores, model.classes.length) : scores;
}

/** `[N, C]`, or `[N]` for regression. Of two classes the first has the score 0, so that one softmax serves all cases. */
export function boostedScores({ trees, base, classes, featureCount }: BoostedTrees, rows: FeatureRows): Float32Array {
  const { values, rowCount } = toFeatureMatrix(rows, featureCount);
  const width = classes?.length ?? 1;
  const first = width - base.length;
  const scores = new Float32Array(rowCount * width);
  for (let row = 0; row < rowCount; row += 1) {
    for (let output = 0; output < base.length; output += 1) {
      let score = base[output] as number;
      for (const iteration of trees) {
        const tree = iteration[output];
        if (tree) score += treeValue(tree, values, row * featureCount);
      }
      scores[row * width + first + output] = score;
    }
  }
  return scores;
}
