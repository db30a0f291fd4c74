import { encodeOnnxModel, type GraphAttribute, type OnnxGraph } from '../../core/domain/onnx/encode-model.ts';
import { createRandom } from '../../core/domain/training/random.ts';

export const MODES = ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'] as const;

export interface RandomTrees {
  readonly seed: number;
  readonly kind: 'classifier' | 'regressor';
  /** Classes or targets. */
  readonly width: number;
  readonly trees: number;
  readonly modes: readonly (typeof MODES)[number][];
  readonly transform: string;
  readonly aggregate?: string;
  readonly tracksMissing: boolean;
  readonly baseValues: number;
  /** Leaves of a classifier speak of one class, or of any. */
  readonly speaksOf: 'first' | 'any';
  readonly weights: 'positive' | 'mixed';
}

export const FEATURES = 4;
const DEPTH = 4;
/** Values that thresholds and features share, so that equality happens. */
export const GRID = [-2, -1, -0.5, 0, 0.1, 0.5, 1, 3] as const;

/** An ensemble of random trees as an ONNX file; `input` FP32 [N, 4]. */
export function randomTrees(options: RandomTrees): Uint8Array {
  const { kind, width } = options;
  const isClassifier = kind === 'classifier';
  const scores = { name: 'scores', elementType: 'FLOAT', shape: ['N', width] } as const;
  const graph: OnnxGraph = {
    name: 'trees',
    inputs: [{ name: 'input', elementType: 'FLOAT', shape: ['N', FEATURES] }],
    outputs: isClassifier ? [{ name: 'label', elementType: 'INT64', shape: ['N'] }, scores] : [scores],
    constants: [],
    metadata: {},
    nodes: [
      {
        operator: isClassifier ? 'TreeEnsembleClassifier' : 'TreeEnsembleRegressor',
        domain: 'ai.onnx.ml',
        inputs: ['input'],
        outputs: isClassifier ? ['label', 'scores'] : ['scores'],
        attributes: attributesOf(options),
      },
    ],
  };
  return encodeOnnxModel(graph);
}

function attributesOf(options: RandomTrees): Record<string, GraphAttribute> {
  const { kind, width, transform, aggregate, tracksMissing, baseValues } = options;
  const { uniform } = createRandom(options.seed);
  const { nodes, leaves } = growTrees(options, uniform);
  const prefix = kind === 'classifier' ? 'class' : 'target';
  return {
    ...(kind === 'classifier'
      ? { classlabels_int64s: { integers: Array.from({ length: width }, (_, index) => index) } }
      : { n_targets: { integer: width } }),
    ...(aggregate !== undefined && { aggregate_function: { text: aggregate } }),
    ...(baseValues > 0 && { base_values: { floats: Array.from({ length: baseValues }, () => uniform() - 0.5) } }),
    post_transform: { text: transform },
    nodes_treeids: { integers: nodes.map(({ tree }) => tree) },
    nodes_nodeids: { integers: nodes.map(({ id }) => id) },
    nodes_featureids: { integers: nodes.map(({ feature }) => feature) },
    nodes_modes: { texts: nodes.map(({ mode }) => mode) },
    nodes_values: { floats: nodes.map(({ value }) => value) },
    nodes_truenodeids: { integers: nodes.map(({ yes }) => yes) },
    nodes_falsenodeids: { integers: nodes.map(({ no }) => no) },
    ...(tracksMissing && { nodes_missing_value_tracks_true: { integers: nodes.map(({ missing }) => missing) } }),
    [`${prefix}_treeids`]: { integers: leaves.map(({ tree }) => tree) },
    [`${prefix}_nodeids`]: { integers: leaves.map(({ id }) => id) },
    [`${prefix}_ids`]: { integers: leaves.map(({ target }) => target) },
    [`${prefix}_weights`]: { floats: leaves.map(({ weight }) => weight) },
  };
}

interface Node {
  readonly tree: number;
  readonly id: number;
  readonly feature: number;
  readonly mode: string;
  readonly value: number;
  yes: number;
  no: number;
  readonly missing: number;
}
interface Leaf {
  readonly tree: number;
  readonly id: number;
  readonly target: number;
  readonly weight: number;
}

function growTrees({ width, trees, modes, speaksOf, weights }: RandomTrees, uniform: () => number) {
  const nodes: Node[] = [];
  const leaves: Leaf[] = [];
  const below = (limit: number) => Math.floor(uniform() * limit);
  const grow = (tree: number, first: number, depth: number): number => {
    const id = nodes.length - first;
    const isLeaf = depth === DEPTH || (depth > 0 && uniform() < 0.2);
    const node: Node = {
      tree,
      id,
      feature: isLeaf ? 0 : below(FEATURES),
      mode: isLeaf ? 'LEAF' : (modes[below(modes.length)] as string),
      value: isLeaf ? 0 : (GRID[below(GRID.length)] as number),
      yes: 0,
      no: 0,
      missing: isLeaf ? 0 : below(2),
    };
    nodes.push(node);
    if (isLeaf) {
      const weight = weights === 'positive' ? uniform() / trees : uniform() * 2 - 1;
      leaves.push({ tree, id, target: speaksOf === 'first' ? 0 : below(width), weight });
    } else {
      node.yes = grow(tree, first, depth + 1);
      node.no = grow(tree, first, depth + 1);
    }
    return id;
  };
  for (let tree = 0; tree < trees; tree += 1) grow(tree, nodes.length, 0);
  return { nodes, leaves };
}
