import { boostedTreesToOnnx } from './boosting/boosted-trees-to-onnx.ts';
import type { BoostingOptions } from './boosting/boosting-options.ts';
import { resolveBoostingOptions } from './boosting/boosting-options.ts';
import { predictBoostedTrees } from './boosting/predict-boosted-trees.ts';
import { trainBoostedClassifier, trainBoostedRegressor } from './boosting/train-boosted-trees.ts';
import { optionError } from './check-option.ts';
import type { FeatureRows } from './feature-matrix.ts';
import { type LogisticOptions, resolveLogisticOptions } from './linear/logistic-options.ts';
import { logisticRegressionToOnnx } from './linear/logistic-regression-to-onnx.ts';
import { predictLogisticRegression } from './linear/predict-logistic-regression.ts';
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
  const fitted = fitModel(request);
  const score = ({ labels, weights, features }: TrainingData) => {
    const predicted = fitted.predict(features);
    return fitted.classes
      ? classificationMetrics(labels, predicted, { classes: fitted.classes, weights })
      : regressionMetrics(labels, predicted, { weights });
  };
  const training = Object.entries(score(request)).map(([name, value]) => [`training_${name}`, value]);
  return {
    ...fitted,
    metrics: { ...Object.fromEntries(training), ...(request.evaluation && score(request.evaluation)) },
  };
}

type Fitted = Omit<TrainedModel, 'metrics'>;

function fitModel(request: TrainModelRequest): Fitted {
  if (request.algorithm === 'hist-gradient-boosting') return fitBoostedTrees(request);
  if (request.algorithm === 'logistic-regression') return fitLogisticRegression(request);
  const { algorithm } = request as { algorithm: unknown };
  throw optionError('algorithm', algorithm, 'hist-gradient-boosting or logistic-regression');
}

function fitBoostedTrees(request: TrainModelRequest & { algorithm: 'hist-gradient-boosting' }): Fitted {
  const { hyperparameters = {}, seed, task = 'classification' } = request;
  if (task !== 'classification' && task !== 'regression')
    throw optionError('task', task, 'classification or regression');
  const train = task === 'classification' ? trainBoostedClassifier : trainBoostedRegressor;
  const model = train(request, { ...hyperparameters, seed });
  return {
    onnx: boostedTreesToOnnx(model, request),
    hyperparameters: { ...resolveBoostingOptions(hyperparameters), iterations: model.trees.length },
    classes: model.classes,
    predict: (rows) => predictBoostedTrees(model, rows),
  };
}

function fitLogisticRegression(request: TrainModelRequest & { algorithm: 'logistic-regression' }): Fitted {
  const { hyperparameters = {}, seed, task = 'classification' } = request;
  if (task !== 'classification') throw optionError('task', task, 'classification for logistic-regression');
  const model = trainLogisticRegression(request, { ...hyperparameters, seed });
  return {
    onnx: logisticRegressionToOnnx(model, request),
    hyperparameters: { ...resolveLogisticOptions(hyperparameters) },
    classes: model.classes,
    predict: (rows) => predictLogisticRegression(model, rows),
  };
}
