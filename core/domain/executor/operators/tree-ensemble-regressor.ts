import { layOutTrees } from '../lay-out-trees.ts';
import type { NodeReader } from '../node-reader.ts';
import { parsePostTransform, probit, transformRow } from '../post-transform.ts';
import { type Aggregate, sumTrees } from '../sum-trees.ts';
import { refuseInput, unsupported } from '../unsupported.ts';
import { type CompiledNode, inputAt } from '../values.ts';
import { TARGET_ATTRIBUTES, TREE_ATTRIBUTES } from './tree-attributes.ts';

const AGGREGATES: readonly string[] = ['SUM', 'AVERAGE', 'MIN', 'MAX'];

/** `X` FP32 `[N, F]` to `Y` FP32 `[N, targets]`. */
export function treeEnsembleRegressor(node: NodeReader): CompiledNode {
  node.onlyKnows(...TREE_ATTRIBUTES, ...TARGET_ATTRIBUTES, 'n_targets', 'aggregate_function');
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  const layout = layOutTrees(node, 'target');
  const targets = node.integer('n_targets');
  const aggregate = node.text('aggregate_function', 'SUM') as Aggregate;
  if (!AGGREGATES.includes(aggregate)) unsupported(`aggregate_function ${aggregate}`);
  if (layout.weightTargets.some((target) => target < 0 || target >= targets)) unsupported('a weight of no target');
  // With a single target onnxruntime takes a leaf's first weight alone.
  if (targets === 1 && layout.weights.length !== leafCount(layout.cells)) unsupported('a leaf with several weights');
  const transform = parsePostTransform(node.text('post_transform', 'NONE'));
  const base = Float32Array.from(node.floats('base_values'));
  if (base.length > 0 && base.length !== targets) unsupported(`${base.length} base_values for ${targets} targets`);
  const trees = layout.roots.length;
  return {
    types: [{ datatype: 'FP32', rank: 2 }],
    step(inputs) {
      const { shape, data } = inputAt(inputs, 0);
      const [rows = 0, columns = 0] = shape;
      if (layout.largestFeature >= columns) refuseInput(`the trees need ${layout.largestFeature + 1} features`);
      const { scores, isSet } = sumTrees(layout, data as Float32Array, { rows, columns, targets, aggregate });
      for (let i = 0; i < scores.length; i += 1) {
        const score = aggregate === 'AVERAGE' ? Math.fround((scores[i] as number) / trees) : (scores[i] as number);
        // A target that no leaf of the row spoke of stays 0 without its base value, as onnxruntime has it.
        scores[i] = isSet[i] === 1 ? score + (base[i % targets] ?? 0) : 0;
      }
      if (targets > 1) {
        for (let row = 0; row < rows; row += 1) transformRow(scores, row * targets, targets, transform);
      } else if (transform === 'PROBIT') {
        // The only transform that onnxruntime applies to a single target.
        for (let i = 0; i < scores.length; i += 1) scores[i] = probit(scores[i] as number);
      }
      return [{ shape: [rows, targets], data: scores }];
    },
  };
}

function leafCount(cells: Int32Array): number {
  let count = 0;
  for (let at = 0; at < cells.length; at += 4) if (cells[at] === -1) count += 1;
  return count;
}
