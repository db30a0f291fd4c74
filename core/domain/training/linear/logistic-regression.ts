import type { Standardisation } from './standardisation.ts';

/** A trained logistic regression: probabilities = softmax(z · weights + bias), z the standardised features. */
export interface LogisticRegression {
  readonly algorithm: 'logistic-regression';
  /** Labels by class index. */
  readonly classes: readonly number[];
  readonly featureCount: number;
  readonly standardisation: Standardisation;
  /** Shape `[F, C]`, feature after feature; of two classes the first has zeros. */
  readonly weights: Float32Array;
  /** Shape `[C]`. */
  readonly bias: Float32Array;
  readonly seed: number;
}
