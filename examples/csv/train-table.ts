import { createHash } from 'node:crypto';
import type { FeatureMatrix } from '../../core/domain/training/feature-matrix.ts';
import { type TrainModelRequest, trainModel } from '../../core/domain/training/train-model.ts';
import { shortestFloat32 } from '../shared/shortest-float32.ts';
import type { TrainingResult } from '../shared/training-result.ts';
import { type CategoryEncoding, encodeColumns, type FeatureEncoder } from './encode-columns.ts';
import { columnIndex, readTable, type Table } from './read-table.ts';
import { type SplitOptions, splitTable } from './split-table.ts';

export interface TableTrainingOptions extends SplitOptions {
  readonly label: string;
  /** Columns that are no features, beside label and time. */
  readonly exclude: readonly string[];
  readonly algorithm: TrainModelRequest['algorithm'];
  readonly encoding: CategoryEncoding;
  readonly seed: number;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly calibration?: TrainModelRequest['calibration'];
}

export interface TableTraining extends TrainingResult {
  readonly holdout: { readonly features: FeatureMatrix; readonly labels: Float64Array };
}

/** Trains a classifier on a CSV file. The time column orders the rows and is no feature: the future has other times. */
export function trainTable(path: string, options: TableTrainingOptions): TableTraining {
  const { table, bytes } = readTable(path);
  const [train, holdout] = splitTable(table, options);
  const unused = [options.label, options.time, ...options.exclude];
  const names = table.columns.filter((name) => !unused.includes(name));
  const { encoders, categories } = encodeColumns(train, names, options);
  const classNames = textClasses(table, options.label);
  const read = (part: Table) => ({
    features: featuresOf(part, encoders),
    labels: labelsOf(part, options.label, classNames),
  });
  const held = read(holdout);
  const featureNames = encoders.map(({ name }) => name);
  const datasetDigest = createHash('sha256').update(bytes).digest('hex');
  const request = {
    ...read(train),
    algorithm: options.algorithm,
    featureNames,
    seed: options.seed,
    // Checked by the trainer, which names each option that it does not know.
    hyperparameters: options.hyperparameters,
    calibration: options.calibration,
    evaluation: holdout.rows.length > 0 ? held : undefined,
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
      trainingRows: train.rows.length,
      holdoutRows: holdout.rows.length,
      features: featureNames,
      categories,
      seed: options.seed,
      algorithm: options.algorithm,
    },
    samples: samplesOf(held),
    holdout: held,
  };
}

function featuresOf({ rows }: Table, encoders: readonly FeatureEncoder[]): FeatureMatrix {
  const values = new Float32Array(rows.length * encoders.length);
  rows.forEach((row, index) => {
    values.set(
      encoders.map(({ encode }) => encode(row)),
      index * encoders.length,
    );
  });
  return { values, rowCount: rows.length, featureCount: encoders.length };
}

/** Class names where labels are texts: the label is then the index in this list. */
function textClasses(table: Table, label: string): string[] | undefined {
  const index = columnIndex(table, label);
  const names = [...new Set(table.rows.map((row) => row[index] ?? ''))].sort();
  return names.every((name) => name !== '' && Number.isFinite(Number(name))) ? undefined : names;
}

function labelsOf(table: Table, label: string, classNames: readonly string[] | undefined): Float64Array {
  const index = columnIndex(table, label);
  return Float64Array.from(table.rows, (row) => {
    const text = row[index] ?? '';
    return classNames ? classNames.indexOf(text) : Number(text);
  });
}

const samplesOf = ({ features: { values, featureCount }, labels }: TableTraining['holdout']) =>
  Array.from(labels.subarray(0, 10), (label, row) => ({
    input: Array.from(values.subarray(row * featureCount, (row + 1) * featureCount), shortestFloat32),
    label,
  }));
