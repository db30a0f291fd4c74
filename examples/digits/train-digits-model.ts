import { predictLogisticRegression } from '../../core/domain/training/linear/predict-logistic-regression.ts';
import { trainLogisticRegression } from '../../core/domain/training/linear/train-logistic-regression.ts';
import { classificationMetrics } from '../../core/domain/training/metrics/classification-metrics.ts';
import { shortestFloat32 } from '../shared/shortest-float32.ts';
import { digestOf, type Sample, type TrainingResult } from '../shared/training-result.ts';
import { digitsToOnnx } from './digits-to-onnx.ts';
import { type DigitImages, drawDigits, IMAGE_SIZE, PIXELS } from './draw-digits.ts';
import { drawFilters, extractFeatures } from './feature-maps.ts';

export interface DigitsTrainingOptions {
  readonly seed: number;
  /** @default 2000 */
  readonly trainingImages?: number;
  /** @default 1000 */
  readonly testImages?: number;
  /** @default 8 */
  readonly filters?: number;
}

export interface DigitsTraining extends TrainingResult {
  /** Probabilities `[N, 10]` of images `[N, 1, 28, 28]`: what the model file computes. */
  readonly predict: (pixels: Float32Array) => Float32Array;
}

const HYPERPARAMETERS = { l2: 30, maxIterations: 100, tolerance: 1e-4 };
const SAMPLE_COUNT = 10;

/** Draws images, trains a linear layer on fixed random filters, and tests it on images drawn from another seed. */
export function trainDigitsModel({
  seed,
  trainingImages = 2000,
  testImages = 1000,
  filters: count = 8,
}: DigitsTrainingOptions): DigitsTraining {
  const training = drawDigits({ seed, count: trainingImages });
  const test = drawDigits({ seed: seed + 1, count: testImages });
  const filters = drawFilters({ seed: seed + 2, count });
  const features = extractFeatures(training.pixels, filters);
  const head = trainLogisticRegression({ features, labels: training.labels }, { seed, ...HYPERPARAMETERS });
  const predict = (pixels: Float32Array) => predictLogisticRegression(head, extractFeatures(pixels, filters));
  const datasetDigest = digestOf(training.pixels, training.labels);
  return {
    onnx: digitsToOnnx(filters, head, {
      feature_names: JSON.stringify(['image']),
      trainer: `keelson/${head.algorithm}`,
      seed: String(seed),
      dataset_sha256: datasetDigest,
    }),
    metrics: classificationMetrics(test.labels, predict(test.pixels), { classes: head.classes }),
    hyperparameters: { ...HYPERPARAMETERS, filters: count },
    lineage: { datasetDigest, dataset: 'drawn digits', seed, trainingImages, testImages },
    featureNames: ['image'],
    samples: samplesOf(test),
    predict,
  };
}

/** Images as nested lists `[1][28][28]`. */
function samplesOf({ pixels, labels }: DigitImages): Sample[] {
  const rowOf = (start: number) => Array.from(pixels.subarray(start, start + IMAGE_SIZE), shortestFloat32);
  return Array.from(labels.subarray(0, SAMPLE_COUNT), (label, image) => ({
    input: [Array.from({ length: IMAGE_SIZE }, (_, y) => rowOf(image * PIXELS + y * IMAGE_SIZE))],
    label,
  }));
}
