/** What a two-sided test says. */
export interface TestResult {
  readonly statistic: number;
  /** Probability of a statistic at least as extreme were nothing changed, in [0, 1]. */
  readonly pValue: number;
}

/** `exact`: over all orders of the rows. `asymptotic`: by the limit distribution. `auto`: exact where that is cheap. */
export type PValueMethod = 'auto' | 'exact' | 'asymptotic';
