import type { LabelValue } from '../labels/label.ts';

/** What a model answers, and so what its labels are compared by. */
export type Task =
  | { readonly kind: 'binary'; readonly positive: LabelValue }
  | { readonly kind: 'multiclass' }
  | { readonly kind: 'regression' };
