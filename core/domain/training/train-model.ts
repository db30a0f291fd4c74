import { boostedTreesToOnnx } from './boosting/boosted-trees-to-onnx.ts';
import type { BoostingOptions } from './boosting/boosting-options.ts';
import { resolveBoostingOptions } from './boosting/boosting-options.ts';
import { boostedScores, predictBoostedTrees } from './boosting/predict-boosted-trees.ts';
import { trainBoostedClassifier, trainBoostedRegressor } from './boosting/train-boosted-trees.ts';
import {
  type CalibrationOptions,
  type HeldOut,
  holdOutForCalibration,
} from './calibration/hold-out-for-calibration.ts';
import {
  calibratedProbabilities,
  fitScoreCalibration,
  type ScoreCalibration,
} from './calibration/score-calibration.ts';
import { optionError } from './check-option.ts';
import type { FeatureRows } from './feature-matrix.ts';
import { type LogisticOptions, resolveLogisticOptions } from './linear/logistic-options.ts';
import { logisticRegressionToOnnx } from './linear/logistic-regression-to-onnx.ts';
import { logisticScores, predictLogisticRegression } from './linear/predict-logistic-regression.ts';
import { trainLogisticRegression } from './linear/train-logistic-regression.ts';
import { classificationMetrics } from './metrics/classification-metrics.ts';
import { regressionMetrics } from './metrics/regression-metrics.ts';
import type { TrainingData } from './training-set.ts';

type Common = TrainingData & {
  /** One name per feature, written into the model. */
  readonly featureNames: readonly string[];
  readonly seed: number;
  /** Rows that the model never sees; what it scores on them are the metrics without prefix. */
  readonly evaluation?: TrainingData | undefined;
  /** More texts for the model file. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Makes the probabilities of two classes true, on rows held out; written into the file. @default - as trained */
  readonly calibration?: CalibrationOptions | undefined;
  /** Name of the model's input. @default 'input' */
  readonly inputName?: string | undefined;
};

export type TrainModelRequest = Common &
  (
    | {
        readonly algorithm: 'hist-gradient-boosting';
        /** `regression` takes labels as numbers, not classes. @default 'classification' */
        readonly task?: 'classification' | 'regression' | undefined;
        readonly hyperparameters?: Partial<BoostingOptions> | undefined;
      }
    | {
        readonly algorithm: 'logistic-regression';
        readonly task?: 'classification' | undefined;
        readonly hyperparameters?: Partial<LogisticOptions> | undefined;
      }
  );

export interface TrainedModel {
  /** The model file: equal requests give equal bytes. */
  readonly onnx: Uint8Array;
  /** By name. On the rows trained on with the prefix `training_`, without prefix on `evaluation`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** All hyperparameters, with the defaults that were taken. */
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  /** Labels by column of `probabilities`; null for regression. */
  readonly classes: readonly number[] | null;
  /** What the model file computes: `[N, C]` probabilities, or `[N]` numbers for regression. */
  readonly predict: (rows: FeatureRows) => Float32Array;
}

/**
 * Trains a model, measures it and writes it as ONNX.
 *
 * @throws `training.*` for data, names or hyperparameters that cannot be trained on
 */
export function trainModel(request: TrainModelRequest): TrainedModel {
  const heldOut = request.calibration && holdOutForCalibration(request, request.calibration, request.seed);
  const trainedOn = { ...request, ...heldOut?.fit };
  const fitted = fitModel(trainedOn, heldOut);
  const score = ({ labels, weights, features }: TrainingData) => {
    const predicted = fitted.predict(features);
    return fitted.classes
      ? classificationMetrics(labels, predicted, { classes: fitted.classes, weights })
      : regressionMetrics(labels, predicted, { weights });
  };
  const training = Object.entries(score(trainedOn)).map(([name, value]) => [`training_${name}`, value]);
  return {
    ...fitted,
    metrics: { ...Object.fromEntries(training), ...(request.evaluation && score(request.evaluation)) },
  };
}

type Fitted = Omit<TrainedModel, 'metrics'>;

function fitModel(request: TrainModelRequest, heldOut: HeldOut | undefined): Fitted {
  if (request.algorithm === 'hist-gradient-boosting') return fitBoostedTrees(request, heldOut);
  if (request.algorithm === 'logistic-regression') return fitLogisticRegression(request, heldOut);
  const { algorithm } = request as { algorithm: unknown };
  throw optionError('algorithm', algorithm, 'hist-gradient-boosting or logistic-regression');
}

function fitBoostedTrees(
  request: TrainModelRequest & { algorithm: 'hist-gradient-boosting' },
  heldOut: HeldOut | undefined,
): Fitted {
  const { hyperparameters = {}, seed, task = 'classification' } = request;
  if (task !== 'classification' && task !== 'regression')
    throw optionError('task', task, 'classification or regression');
  if (task === 'regression' && heldOut) throw optionError('calibration', 'for regression', 'two classes');
  const train = task === 'classification' ? trainBoostedClassifier : trainBoostedRegressor;
  const model = train(request, { ...hyperparameters, seed });
  const scores = (rows: FeatureRows) => boostedScores(model, rows);
  const calibration = calibrationOf(model.classes, scores, heldOut);
  return {
    onnx: boostedTreesToOnnx(model, { ...request, calibration }),
    hyperparameters: {
      ...resolveBoostingOptions(hyperparameters),
      iterations: model.trees.length,
      ...(heldOut && { calibration: heldOut.options }),
    },
    classes: model.classes,
    predict: (rows) =>
      calibration ? calibratedProbabilities(calibration, scores(rows)) : predictBoostedTrees(model, rows),
  };
}

function fitLogisticRegression(
  request: TrainModelRequest & { algorithm: 'logistic-regression' },
  heldOut: HeldOut | undefined,
): Fitted {
  const { hyperparameters = {}, seed, task = 'classification' } = request;
  if (task !== 'classification') throw optionError('task', task, 'classification for logistic-regression');
  const model = trainLogisticRegression(request, { ...hyperparameters, seed });
  const scores = (rows: FeatureRows) => logisticScores(model, rows);
  const calibration = calibrationOf(model.classes, scores, heldOut);
  return {
    onnx: logisticRegressionToOnnx(model, { ...request, calibration }),
    hyperparameters: {
      ...resolveLogisticOptions(hyperparameters),
      ...(heldOut && { calibration: heldOut.options }),
    },
    classes: model.classes,
    predict: (rows) =>
      calibration ? calibratedProbabilities(calibration, scores(rows)) : predictLogisticRegression(model, rows),
  };
}

function calibrationOf(
  classes: readonly number[] | null,
  scores: (rows: FeatureRows) => Float32Array,
  heldOut: HeldOut | undefined,
): ScoreCalibration | undefined {
  if (heldOut === undefined || classes === null) return undefined;
  const { matrix, labels, weights } = heldOut.held;
  return fitScoreCalibration(heldOut.options.method, {
    labels: labels.map((label) => (label === classes[1] ? 1 : 0)),
    scores: scores(matrix),
    weights,
  });
}
