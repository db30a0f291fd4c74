import { PlatformError } from '../errors.ts';

/** Rows of features as the model sees them when it serves: float32, row after row. NaN is a missing value. */
export interface FeatureMatrix {
  readonly values: Float32Array;
  readonly rowCount: number;
  readonly featureCount: number;
}

/** Rows as callers have them. Numbers are rounded to float32, so that training and serving see the same value. */
export type FeatureRows = FeatureMatrix | readonly (readonly number[])[];

const mismatch = (what: string, { got, expected }: { got: number; expected: number }) =>
  new PlatformError('training.shape_mismatch', {
    message: `${what} ${got} instead of ${expected}; every row needs the same features, with NaN where one is missing`,
    details: { what, got, expected },
  });

const isMatrix = (rows: FeatureRows): rows is FeatureMatrix => 'values' in rows && rows.values instanceof Float32Array;

/**
 * @param expectedFeatures how many features a row must have @default - as many as the first row has
 * @throws `training.shape_mismatch` for ragged rows, or a number of features other than expected
 */
export function toFeatureMatrix(rows: FeatureRows, expectedFeatures?: number): FeatureMatrix {
  const matrix = isMatrix(rows) ? rows : packRows(rows);
  const cells = matrix.rowCount * matrix.featureCount;
  if (matrix.values.length !== cells)
    throw mismatch('the number of values is', { got: matrix.values.length, expected: cells });
  if (expectedFeatures !== undefined && matrix.rowCount > 0 && matrix.featureCount !== expectedFeatures)
    throw mismatch('the number of features of a row is', { got: matrix.featureCount, expected: expectedFeatures });
  return matrix;
}

function packRows(rows: readonly (readonly number[])[]): FeatureMatrix {
  const featureCount = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * featureCount);
  rows.forEach((row, index) => {
    if (row.length !== featureCount)
      throw mismatch(`the number of features of row ${index} is`, { got: row.length, expected: featureCount });
    values.set(row, index * featureCount);
  });
  return { values, rowCount: rows.length, featureCount };
}

/** The rows of the given indices, in that order. */
export function selectRows({ values, featureCount }: FeatureMatrix, indices: ArrayLike<number>): FeatureMatrix {
  const selected = new Float32Array(indices.length * featureCount);
  for (let i = 0; i < indices.length; i += 1) {
    const from = (indices[i] as number) * featureCount;
    selected.set(values.subarray(from, from + featureCount), i * featureCount);
  }
  return { values: selected, rowCount: indices.length, featureCount };
}
