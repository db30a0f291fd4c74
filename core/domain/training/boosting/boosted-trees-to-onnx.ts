import { encodeOnnxModel, type GraphAttribute } from '../../onnx/encode-model.ts';
import { BATCH, classifierTail, type ExportOptions, type GraphTail } from '../classifier-graph.ts';
import { exportMetadata } from '../export-metadata.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import type { Tree } from './tree.ts';

const SCORES = 'scores';

/**
 * Writes the model as an ONNX file: `input` FLOAT `[N, F]` to `label` INT64 `[N]` and `probabilities` FLOAT `[N, C]`
 * (a regressor to `prediction` FLOAT `[N, 1]`), by TreeEnsembleRegressor (ai.onnx.ml 3), Softmax and ArgMax.
 *
 * The regressor with a softmax of its own stands where a TreeEnsembleClassifier might: the latter treats two classes
 * in another way when no leaf is negative.
 *
 * @returns the file; equal models and options give equal bytes
 * @throws `training.shape_mismatch` when there is not one name per feature
 */
export function boostedTreesToOnnx(model: BoostedTrees, options: ExportOptions): Uint8Array {
  const inputName = options.inputName ?? 'input';
  const tail = model.classes ? classifierTail(SCORES, model.classes, options.calibration) : regressorTail;
  return encodeOnnxModel({
    name: 'boosted_trees',
    inputs: [{ name: inputName, elementType: 'FLOAT', shape: [BATCH, model.featureCount] }],
    outputs: tail.outputs,
    constants: tail.constants,
    nodes: [
      {
        operator: 'TreeEnsembleRegressor',
        domain: 'ai.onnx.ml',
        inputs: [inputName],
        outputs: [model.classes ? SCORES : 'prediction'],
        attributes: ensembleAttributes(model),
      },
      ...tail.nodes,
    ],
    metadata: exportMetadata(model, options),
  });
}

const regressorTail: GraphTail = {
  nodes: [],
  constants: [],
  outputs: [{ name: 'prediction', elementType: 'FLOAT', shape: [BATCH, 1] }],
};

interface PlacedTree {
  readonly tree: Tree;
  readonly id: number;
  /** Column of the scores that the tree adds to. */
  readonly target: number;
}

function ensembleAttributes({ trees, base, classes }: BoostedTrees): Record<string, GraphAttribute> {
  const width = classes?.length ?? 1;
  const first = width - base.length;
  const placed = trees
    .flatMap((iteration) => iteration.map((tree, output) => ({ tree, target: first + output })))
    .map((tree, id) => ({ ...tree, id }));
  return {
    n_targets: { integer: width },
    base_values: { floats: Float32Array.from({ length: width }, (_, column) => base[column - first] ?? 0) },
    aggregate_function: { text: 'SUM' },
    post_transform: { text: 'NONE' },
    ...nodeAttributes(placed),
    ...leafAttributes(placed),
  };
}

function nodeAttributes(placed: readonly PlacedTree[]): Record<string, GraphAttribute> {
  const isLeaf = (feature: number) => feature < 0;
  const eachNode = (pick: (tree: Tree) => ArrayLike<number>) => placed.flatMap(({ tree }) => Array.from(pick(tree)));
  const features = eachNode((tree) => tree.feature);
  return {
    nodes_treeids: { integers: placed.flatMap(({ tree, id }) => Array.from(tree.feature, () => id)) },
    nodes_nodeids: { integers: eachNode((tree) => Array.from(tree.feature.keys())) },
    nodes_featureids: { integers: features.map((feature) => Math.max(feature, 0)) },
    nodes_modes: { texts: features.map((feature) => (isLeaf(feature) ? 'LEAF' : 'BRANCH_LEQ')) },
    nodes_values: { floats: eachNode((tree) => tree.threshold) },
    nodes_truenodeids: { integers: eachNode((tree) => tree.left) },
    nodes_falsenodeids: { integers: eachNode((tree) => tree.right) },
    nodes_missing_value_tracks_true: { integers: eachNode((tree) => tree.missingLeft) },
  };
}

function leafAttributes(placed: readonly PlacedTree[]): Record<string, GraphAttribute> {
  const leaves = placed.flatMap(({ tree, id, target }) =>
    Array.from(tree.feature.keys())
      .filter((node) => (tree.feature[node] as number) < 0)
      .map((node) => ({ id, node, target, weight: tree.value[node] as number })),
  );
  return {
    target_treeids: { integers: leaves.map(({ id }) => id) },
    target_nodeids: { integers: leaves.map(({ node }) => node) },
    target_ids: { integers: leaves.map(({ target }) => target) },
    target_weights: { floats: leaves.map(({ weight }) => weight) },
  };
}
