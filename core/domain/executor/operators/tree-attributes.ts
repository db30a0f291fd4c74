/** Attributes of both tree ensembles; `nodes_hitrates` says how often training came by, which changes no answer. */
const NODE_ATTRIBUTES = [
  'nodes_treeids',
  'nodes_nodeids',
  'nodes_featureids',
  'nodes_modes',
  'nodes_values',
  'nodes_truenodeids',
  'nodes_falsenodeids',
  'nodes_missing_value_tracks_true',
  'nodes_hitrates',
];
export const TREE_ATTRIBUTES: readonly string[] = [...NODE_ATTRIBUTES, 'base_values', 'post_transform'];

/** How leaves' weights are told, by what they add up to. */
export const CLASS_ATTRIBUTES: readonly string[] = ['class_treeids', 'class_nodeids', 'class_ids', 'class_weights'];
export const TARGET_ATTRIBUTES: readonly string[] = [
  'target_treeids',
  'target_nodeids',
  'target_ids',
  'target_weights',
];

/** What a layout of the trees stands for. */
export const LAID_OUT_ATTRIBUTES: readonly string[] = [...NODE_ATTRIBUTES, ...CLASS_ATTRIBUTES, ...TARGET_ATTRIBUTES];
