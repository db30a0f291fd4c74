import { PlatformError } from '../errors.ts';
import { type FeatureMatrix, type FeatureRows, selectRows, toFeatureMatrix } from './feature-matrix.ts';

/** What a model is trained on, checked. */
export interface TrainingSet {
  readonly matrix: FeatureMatrix;
  readonly labels: Float64Array;
  /** How much each row counts, ≥ 0; ones where nothing was said. */
  readonly weights: Float64Array;
}

export interface TrainingData {
  readonly features: FeatureRows;
  /** One number a row: a class (an integer) or, for regression, the value. */
  readonly labels: ArrayLike<number>;
  /** How much each row counts. @default - every row counts 1 */
  readonly weights?: ArrayLike<number> | undefined;
}

/**
 * @throws `training.no_rows` for no rows, or for weights that are all 0
 * @throws `training.shape_mismatch` for ragged rows, no features, and labels or weights of another length
 * @throws `training.label_invalid` for a label that is not finite
 * @throws `training.weight_invalid` for a weight that is not finite or below 0
 */
export function toTrainingSet({ features, labels, weights }: TrainingData): TrainingSet {
  const matrix = toFeatureMatrix(features);
  if (matrix.rowCount === 0) throw noRows('there are no rows to train on');
  if (matrix.featureCount === 0) throw lengthMismatch('features', { got: 0, expected: 1 });
  if (labels.length !== matrix.rowCount)
    throw lengthMismatch('labels', { got: labels.length, expected: matrix.rowCount });
  if (weights !== undefined && weights.length !== matrix.rowCount)
    throw lengthMismatch('weights', { got: weights.length, expected: matrix.rowCount });
  const set = {
    matrix,
    labels: Float64Array.from(labels),
    weights: weights === undefined ? new Float64Array(matrix.rowCount).fill(1) : Float64Array.from(weights),
  };
  checkLabels(set.labels);
  checkWeights(set.weights);
  return set;
}

/** The rows of the given indices, in that order. */
export const selectTrainingRows = ({ matrix, labels, weights }: TrainingSet, indices: Uint32Array): TrainingSet => ({
  matrix: selectRows(matrix, indices),
  labels: Float64Array.from(indices, (row) => labels[row] as number),
  weights: Float64Array.from(indices, (row) => weights[row] as number),
});

const noRows = (message: string) =>
  new PlatformError('training.no_rows', { message: `${message}; give at least one`, details: { got: 0 } });

const lengthMismatch = (what: string, { got, expected }: { got: number; expected: number }) =>
  new PlatformError('training.shape_mismatch', {
    message: `there are ${got} ${what} where ${expected} are needed`,
    details: { what, got, expected },
  });

function checkLabels(labels: Float64Array): void {
  const row = labels.findIndex((label) => !Number.isFinite(label));
  if (row < 0) return;
  throw new PlatformError('training.label_invalid', {
    message: `the label of row ${row} is ${labels[row]}; a label must be a finite number, so leave unlabelled rows out`,
    details: { row, got: String(labels[row]) },
  });
}

function checkWeights(weights: Float64Array): void {
  const row = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (row >= 0) {
    throw new PlatformError('training.weight_invalid', {
      message: `the weight of row ${row} is ${weights[row]}; a weight must be a finite number ≥ 0`,
      details: { row, got: String(weights[row]) },
    });
  }
  if (weights.every((weight) => weight === 0)) throw noRows('every row has the weight 0');
}
