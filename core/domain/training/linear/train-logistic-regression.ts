import { checkSeed } from '../check-option.ts';
import { applyClassWeights, encodeClasses } from '../class-labels.ts';
import { type TrainingData, toTrainingSet } from '../training-set.ts';
import { logisticLoss, outputCount } from './logistic-loss.ts';
import { type LogisticOptions, resolveLogisticOptions } from './logistic-options.ts';
import type { LogisticRegression } from './logistic-regression.ts';
import { minimise } from './minimise.ts';
import { fitStandardisation, standardise } from './standardisation.ts';

export interface LogisticRun extends Partial<LogisticOptions> {
  /** Kept with the model. Nothing is random: the loss is convex and its minimum unique. */
  readonly seed: number;
}

/**
 * Trains logistic regression (binary or multinomial) on standardised features with an L2 penalty, by L-BFGS.
 *
 * A missing value (NaN) counts as the feature's mean; an infinity as 100 standard deviations.
 *
 * @throws `training.*` for data or options that cannot be trained on
 *
 * Cost: O(iterations · n · F · classes).
 */
export function trainLogisticRegression(data: TrainingData, { seed, ...given }: LogisticRun): LogisticRegression {
  checkSeed(seed);
  const options = resolveLogisticOptions(given);
  const set = toTrainingSet(data);
  const encoded = encodeClasses(set);
  const classCount = encoded.classes.length;
  const { featureCount } = set.matrix;
  const standardisation = fitStandardisation(set.matrix, set.weights);
  const loss = logisticLoss({
    scores: standardise(set.matrix, standardisation),
    featureCount,
    targets: encoded.targets,
    weights: applyClassWeights(set.weights, encoded, options.classWeights),
    classCount,
    l2: options.l2,
  });
  const { point } = minimise(loss, new Float64Array(outputCount({ classCount }) * (featureCount + 1)), options);
  return {
    algorithm: 'logistic-regression',
    classes: encoded.classes,
    featureCount,
    standardisation,
    ...layOut(point, { featureCount, classCount }),
    seed,
  };
}

/** From output after output to a matrix `[F, C]` with a bias per class. */
function layOut(
  parameters: Float64Array,
  { featureCount, classCount }: { featureCount: number; classCount: number },
): { weights: Float32Array; bias: Float32Array } {
  const first = classCount - outputCount({ classCount });
  const parameter = (output: number, index: number): number =>
    output < 0 ? 0 : (parameters[output * (featureCount + 1) + index] as number);
  return {
    weights: Float32Array.from({ length: featureCount * classCount }, (_, i) =>
      parameter((i % classCount) - first, Math.floor(i / classCount)),
    ),
    bias: Float32Array.from({ length: classCount }, (_, k) => parameter(k - first, featureCount)),
  };
}
