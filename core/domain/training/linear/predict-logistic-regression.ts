import { type FeatureRows, toFeatureMatrix } from '../feature-matrix.ts';
import { softmaxRows } from '../softmax.ts';
import type { LogisticRegression } from './logistic-regression.ts';
import { standardise } from './standardisation.ts';

/**
 * Probabilities of the classes.
 *
 * @param rows shape `[N, F]`; NaN is missing
 * @returns `[N, C]` in float32, columns in the order of `model.classes`
 * @throws `training.shape_mismatch` when rows have another number of features than the model
 */
export function predictLogisticRegression(model: LogisticRegression, rows: FeatureRows): Float32Array {
  return softmaxRows(logisticScores(model, rows), model.classes.length);
}

/** What the softmax takes, `[N, C]`. Of two classes the first has the score 0. */
export function logisticScores(model: LogisticRegression, rows: FeatureRows): Float32Array {
  const matrix = toFeatureMatrix(rows, model.featureCount);
  return scoresOf(model, standardise(matrix, model.standardisation));
}

/** Added up in double and rounded to float32 once, which is as near to any runtime's own order as can be. */
function scoresOf({ weights, bias, featureCount }: LogisticRegression, z: Float32Array): Float32Array {
  const classCount = bias.length;
  const scores = new Float32Array((z.length / featureCount) * classCount);
  for (let i = 0; i < scores.length; i += 1) {
    const start = Math.floor(i / classCount) * featureCount;
    const column = i % classCount;
    let sum = bias[column] as number;
    for (let feature = 0; feature < featureCount; feature += 1) {
      sum += (z[start + feature] as number) * (weights[feature * classCount + column] as number);
    }
    scores[i] = sum;
  }
  return scores;
}
