/** Attributes of both tree ensembles; `nodes_hitrates` says how often training came by, which changes no answer. */
export const TREE_ATTRIBUTES = [
  'nodes_treeids',
  'nodes_nodeids',
  'nodes_featureids',
  'nodes_modes',
  'nodes_values',
  'nodes_truenodeids',
  'nodes_falsenodeids',
  'nodes_missing_value_tracks_true',
  'nodes_hitrates',
  'base_values',
  'post_transform',
] as const;
