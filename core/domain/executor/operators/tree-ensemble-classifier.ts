import { type ClassLabels, classLabels } from '../class-labels.ts';
import { layOutTrees } from '../lay-out-trees.ts';
import type { NodeReader } from '../node-reader.ts';
import { logistic, type PostTransform, parsePostTransform, transformRow } from '../post-transform.ts';
import { type RawScores, sumTrees } from '../sum-trees.ts';
import type { TreeLayout } from '../tree-layout.ts';
import { refuseInput, unsupported } from '../unsupported.ts';
import { type CompiledNode, inputAt } from '../values.ts';
import { CLASS_ATTRIBUTES, TREE_ATTRIBUTES } from './tree-attributes.ts';

/** `X` FP32 `[N, F]` to labels `[N]` and scores FP32 `[N, C]`. */
export function treeEnsembleClassifier(node: NodeReader): CompiledNode {
  node.onlyKnows(...TREE_ATTRIBUTES, ...CLASS_ATTRIBUTES, 'classlabels_strings', 'classlabels_int64s');
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  const labels = classLabels(node.texts('classlabels_strings'), node.integers('classlabels_int64s'));
  const classes = labels.count;
  if (classes < 2) unsupported(`${classes} classes`);
  const layout = layOutTrees(node, 'class');
  if (layout.weightTargets.some((target) => target < 0 || target >= classes)) unsupported('a weight of no class');
  const transform = parsePostTransform(node.text('post_transform', 'NONE'));
  const base = Float32Array.from(node.floats('base_values'));
  const finish =
    classes === 2 ? finishBinary(layout, labels, { base, transform }) : finishMany(base, classes, transform);
  return {
    types: [labels.type, { datatype: 'FP32', rank: 2 }],
    step(inputs) {
      const { shape, data } = inputAt(inputs, 0);
      const [rows = 0, columns = 0] = shape;
      if (layout.largestFeature >= columns) refuseInput(`the trees need ${layout.largestFeature + 1} features`);
      const raw = sumTrees(layout, data as Float32Array, { rows, columns, targets: classes, aggregate: 'SUM' });
      const chosen = new Int32Array(rows);
      for (let row = 0; row < rows; row += 1) chosen[row] = finish(raw, row);
      return [
        { shape: [rows], data: labels.pick(chosen) },
        { shape: [rows, classes], data: raw.scores },
      ];
    },
  };
}

/** Makes a row's raw scores its final ones, in place, and returns the index of its class. */
type Finish = (raw: RawScores, row: number) => number;

function finishMany(base: Float32Array, classes: number, transform: PostTransform): Finish {
  if (base.length > 0 && base.length !== classes) unsupported(`${base.length} base_values for ${classes} classes`);
  return ({ scores, isSet }, row) => {
    const start = row * classes;
    let best = -1;
    let largest = 0;
    for (let index = 0; index < classes; index += 1) {
      const at = start + index;
      if (base.length > 0) scores[at] = (scores[at] as number) + (base[index] as number);
      const isCandidate = base.length > 0 || isSet[at] === 1;
      if (isCandidate && (best < 0 || (scores[at] as number) > largest)) {
        best = index;
        largest = scores[at] as number;
      }
    }
    transformRow(scores, start, classes, transform);
    return best;
  };
}

/**
 * Two classes whose leaves all speak of one class: the score is the second class's, and the first one's follows from it.
 * ONNX leaves open how; this is what onnxruntime does, and it depends on the sign of the weights.
 */
function finishBinary(
  { weights, weightTargets }: TreeLayout,
  labels: ClassLabels,
  { base, transform }: { base: Float32Array; transform: PostTransform },
): Finish {
  const speaksOf = weightTargets[0] as number;
  if (weightTargets.some((target) => target !== speaksOf)) {
    if (!labels.areIndices) unsupported('two classes with labels other than 0 and 1');
    return finishPair(base, transform);
  }
  if (base.length > 1) unsupported('two classes with two base_values');
  if (speaksOf !== 0 || transform === 'PROBIT') unsupported('two classes of an unusual form');
  const start = base[0] ?? 0;
  const isShare = weights.every((weight) => weight >= 0);
  return ({ scores }, row) => {
    const score = Math.fround((scores[row * 2] as number) + start);
    const isLogistic = transform === 'LOGISTIC';
    scores[row * 2] = isLogistic ? logistic(-score) : isShare ? 1 - score : -score;
    scores[row * 2 + 1] = isLogistic ? logistic(score) : score;
    return score > (isShare ? 0.5 : 0) ? 1 : 0;
  };
}

/** Two classes whose leaves speak of both. onnxruntime then answers 1 or 0, whatever the labels are. */
function finishPair(base: Float32Array, transform: PostTransform): Finish {
  if (base.length > 0 || transform === 'PROBIT') unsupported('two classes of an unusual form');
  return ({ scores, isSet }, row) => {
    const [first, second] = [row * 2, row * 2 + 1];
    if (isSet[second] === 1) {
      const isSecond = (scores[second] as number) > 0;
      transformRow(scores, first, 2, transform);
      return Number(isSecond);
    }
    const score = scores[first] as number;
    scores[first] = transform === 'LOGISTIC' ? logistic(-score) : -score;
    scores[second] = transform === 'LOGISTIC' ? logistic(score) : score;
    return Number(score > 0);
  };
}
