import { encodeOnnxModel } from '../core/domain/onnx/encode-model.ts';
import { createRandom } from '../core/domain/training/random.ts';
import { trainModel } from '../core/domain/training/train-model.ts';

export const FEATURES = 30;

/** 100 boosted trees of depth 6 over 30 features: the model that most figures here speak of. */
export function hundredTrees(): Uint8Array {
  const { uniform } = createRandom(1);
  const rows = 4_000;
  const values = Float32Array.from({ length: rows * FEATURES }, () => uniform() * 2 - 1);
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0] = values.subarray(row * FEATURES, row * FEATURES + 3);
    return Number(a * b + c * c - 0.3 + (uniform() - 0.5) * 0.2 > 0);
  });
  return trainModel({
    algorithm: 'hist-gradient-boosting',
    features: { values, rowCount: rows, featureCount: FEATURES },
    labels,
    featureNames: Array.from({ length: FEATURES }, (_, feature) => `f${feature}`),
    seed: 1,
    // Trained to the end, so that there are 100 trees.
    hyperparameters: { maxIterations: 100, validationShare: 0 },
  }).onnx;
}

/** Logistic regression over 30 features, as scikit-learn exports it. */
export function logisticRegression(): Uint8Array {
  const { uniform } = createRandom(2);
  const weights = Array.from({ length: FEATURES }, () => uniform() - 0.5);
  return encodeOnnxModel({
    name: 'logistic_regression',
    inputs: [{ name: 'input', elementType: 'FLOAT', shape: ['N', FEATURES] }],
    outputs: [
      { name: 'label', elementType: 'INT64', shape: ['N'] },
      { name: 'probabilities', elementType: 'FLOAT', shape: ['N', 2] },
    ],
    constants: [],
    nodes: [
      {
        operator: 'LinearClassifier',
        domain: 'ai.onnx.ml',
        inputs: ['input'],
        outputs: ['label', 'scores'],
        attributes: {
          coefficients: { floats: [...weights.map((weight) => -weight), ...weights] },
          intercepts: { floats: [-0.1, 0.1] },
          classlabels_ints: { integers: [0, 1] },
          post_transform: { text: 'LOGISTIC' },
        },
      },
      {
        operator: 'Normalizer',
        domain: 'ai.onnx.ml',
        inputs: ['scores'],
        outputs: ['probabilities'],
        attributes: { norm: { text: 'L1' } },
      },
    ],
    metadata: {},
  });
}
