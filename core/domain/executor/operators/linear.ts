import { boundedLogistic } from '../bounded-logistic.ts';
import { classLabels } from '../class-labels.ts';
import { checkSize, multiply, type Weights } from '../matrix-product.ts';
import type { NodeReader } from '../node-reader.ts';
import { type PostTransform, parsePostTransform, transformRow } from '../post-transform.ts';
import { refuseInput, unsupported } from '../unsupported.ts';
import { type CompiledNode, inputAt, type Value } from '../values.ts';

/** `X` FP32 `[N, F]` to labels `[N]` and scores FP32 `[N, C]`. */
export function linearClassifier(node: NodeReader): CompiledNode {
  node.onlyKnows(
    'coefficients',
    'intercepts',
    'multi_class',
    'post_transform',
    'classlabels_strings',
    'classlabels_ints',
  );
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  const labels = classLabels(node.texts('classlabels_strings'), node.integers('classlabels_ints'));
  const weights = readWeights(node, node.floats('intercepts').length);
  const { targets } = weights;
  const isSingle = targets === 1;
  if (labels.count !== (isSingle ? 2 : targets)) unsupported(`${labels.count} labels for ${targets} scores`);
  const transform = parsePostTransform(node.text('post_transform', 'NONE'));
  if (isSingle && transform !== 'NONE') unsupported(`a single score with ${transform}`);
  return {
    types: [labels.type, { datatype: 'FP32', rank: 2 }],
    step(inputs) {
      const { rows, scores } = score(inputAt(inputs, 0), weights);
      const chosen = new Int32Array(rows);
      for (let row = 0; row < rows; row += 1)
        chosen[row] = isSingle ? Number((scores[row] as number) > 0) : largest(scores, row, targets);
      if (!isSingle) transformScores(scores, targets, transform);
      return [
        { shape: [rows], data: labels.pick(chosen) },
        { shape: [rows, labels.count], data: isSingle ? withSecondClass(scores) : scores },
      ];
    },
  };
}

/** `X` FP32 `[N, F]` to `Y` FP32 `[N, targets]`. */
export function linearRegressor(node: NodeReader): CompiledNode {
  node.onlyKnows('coefficients', 'intercepts', 'targets', 'post_transform');
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  const weights = readWeights(node, node.integer('targets'));
  const transform = parsePostTransform(node.text('post_transform', 'NONE'));
  if (weights.targets === 1 && transform !== 'NONE') unsupported(`a single target with ${transform}`);
  return {
    types: [{ datatype: 'FP32', rank: 2 }],
    step(inputs) {
      const { rows, scores } = score(inputAt(inputs, 0), weights);
      transformScores(scores, weights.targets, transform);
      return [{ shape: [rows, weights.targets], data: scores }];
    },
  };
}

function readWeights(node: NodeReader, targets: number): Weights {
  const data = Float32Array.from(node.floats('coefficients'));
  const features = data.length / targets;
  if (!Number.isInteger(features) || features < 1) unsupported(`${data.length} coefficients for ${targets} targets`);
  checkSize(features, targets);
  const bias = Float32Array.from(node.floats('intercepts'));
  if (bias.length > 0 && bias.length !== targets) unsupported(`${bias.length} intercepts for ${targets} targets`);
  return { data, features, targets, isTransposed: true, ...(bias.length > 0 && { bias }) };
}

function score({ shape, data }: Value, weights: Weights): { rows: number; scores: Float32Array } {
  const [rows = 0, columns = 0] = shape;
  if (columns !== weights.features) refuseInput(`the model takes ${weights.features} features`);
  return { rows, scores: multiply(data as Float32Array, rows, weights) };
}

function transformScores(scores: Float32Array, targets: number, transform: PostTransform): void {
  if (transform === 'LOGISTIC') {
    for (let i = 0; i < scores.length; i += 1) scores[i] = boundedLogistic(scores[i] as number);
  } else if (transform !== 'NONE') {
    for (let at = 0; at < scores.length; at += targets) transformRow(scores, at, targets, transform);
  }
}

/** The first of the largest; NaN never is. */
function largest(scores: Float32Array, row: number, targets: number): number {
  const start = row * targets;
  let best = 0;
  for (let index = 1; index < targets; index += 1) {
    if ((scores[start + index] as number) > (scores[start + best] as number)) best = index;
  }
  return best;
}

function withSecondClass(scores: Float32Array): Float32Array {
  const both = new Float32Array(scores.length * 2);
  for (let row = 0; row < scores.length; row += 1) {
    both[row * 2] = 1 - (scores[row] as number);
    both[row * 2 + 1] = scores[row] as number;
  }
  return both;
}
