/** A column on its way through the graph. */
export type ColumnTensor =
  | { readonly kind: 'number'; readonly tensor: string }
  /** One of the columns of FLOAT `[N, K]`. */
  | { readonly kind: 'slice'; readonly tensor: string; readonly at: number; readonly width: number }
  /**
   * STRING `[N, 1]` as it came in. What imputation makes of a missing text is kept aside, since the graph turns texts into numbers in one
   * look-up: `fill` is the text that stands for every missing one.
   */
  | { readonly kind: 'text'; readonly tensor: string; readonly missing: readonly string[]; readonly fill: string };
