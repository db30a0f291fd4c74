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

/** Side of the square images that the binary form is measured with. */
export const IMAGE_SIDE = 224;

/** The average of each channel of images: next to no computing, so that what is measured is the way in. */
export const imageAverages = (): Uint8Array =>
  encodeOnnxModel({
    name: 'pool224',
    inputs: [{ name: 'input', elementType: 'FLOAT', shape: ['N', 3, IMAGE_SIDE, IMAGE_SIDE] }],
    outputs: [{ name: 'output', elementType: 'FLOAT', shape: ['N', 3, 1, 1] }],
    constants: [],
    nodes: [{ operator: 'GlobalAveragePool', inputs: ['input'], outputs: ['output'] }],
    metadata: {},
  });

/**
 * Three layers of 256 units over 30 features, which the executor does not have.
 *
 * @param batchAxis `N` leaves it free; 1 makes a model of the same weights that takes one row at a time
 */
export function perceptron(batchAxis: 'N' | 1): Uint8Array {
  const { uniform } = createRandom(4);
  const sizes = [FEATURES, 256, 256, 2];
  const layers = sizes.slice(1).map((outputs, layer) => ({ inputs: sizes[layer] as number, outputs }));
  return encodeOnnxModel({
    name: 'perceptron',
    inputs: [{ name: 'input', elementType: 'FLOAT', shape: [batchAxis, FEATURES] }],
    outputs: [{ name: 'output', elementType: 'FLOAT', shape: [batchAxis, 2] }],
    constants: layers.map(({ inputs, outputs }, layer) => ({
      name: `weights${layer}`,
      shape: [inputs, outputs],
      values: Float32Array.from({ length: inputs * outputs }, () => (uniform() - 0.5) / 8),
    })),
    nodes: layers.flatMap((_, layer) => {
      const from = layer === 0 ? 'input' : `hidden${layer - 1}`;
      const to = layer === layers.length - 1 ? 'output' : `hidden${layer}`;
      return [
        { operator: 'MatMul', inputs: [from, `weights${layer}`], outputs: [`product${layer}`] },
        { operator: 'Relu', inputs: [`product${layer}`], outputs: [to] },
      ];
    }),
    metadata: {},
  });
}
