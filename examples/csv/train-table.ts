import { type TrainModelRequest, trainModel } from '../../core/domain/training/train-model.ts';
import { shortestFloat32 } from '../shared/shortest-float32.ts';
import type { TrainingResult } from '../shared/training-result.ts';
import { prepareTable, type TableOptions, type TablePart } from './prepare-table.ts';

export interface TableTrainingOptions extends TableOptions {
  readonly algorithm: TrainModelRequest['algorithm'];
  readonly seed: number;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly calibration?: TrainModelRequest['calibration'];
}

export interface TableTraining extends TrainingResult {
  readonly holdout: TablePart;
}

/** Trains a classifier on a CSV file. */
export function trainTable(path: string, options: TableTrainingOptions): TableTraining {
  const { train, holdout, featureNames, categories, classNames, datasetDigest } = prepareTable(path, options);
  const request = {
    ...train,
    algorithm: options.algorithm,
    featureNames,
    seed: options.seed,
    // Checked by the trainer, which names each option that it does not know.
    hyperparameters: options.hyperparameters,
    calibration: options.calibration,
    evaluation: holdout.labels.length > 0 ? holdout : undefined,
    metadata: {
      dataset_sha256: datasetDigest,
      categories: JSON.stringify(categories),
      ...(classNames && { class_names: JSON.stringify(classNames) }),
    },
  } as TrainModelRequest;
  return {
    ...trainModel(request),
    featureNames,
    lineage: {
      datasetDigest,
      dataset: path.split('/').at(-1),
      label: options.label,
      split: { time: options.time, trainShare: options.trainShare, holdoutEvery: options.holdoutEvery },
      trainingRows: train.labels.length,
      holdoutRows: holdout.labels.length,
      features: featureNames,
      categories,
      seed: options.seed,
      algorithm: options.algorithm,
    },
    samples: samplesOf(holdout),
    holdout,
  };
}

const samplesOf = ({ features: { values, featureCount }, labels }: TablePart) =>
  Array.from(labels.subarray(0, 10), (label, row) => ({
    input: Array.from(values.subarray(row * featureCount, (row + 1) * featureCount), shortestFloat32),
    label,
  }));
