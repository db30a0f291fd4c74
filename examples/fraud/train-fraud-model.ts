import type { FeatureMatrix } from '../../core/domain/training/feature-matrix.ts';
import { trainModel } from '../../core/domain/training/train-model.ts';
import { shortestFloat32 } from '../shared/shortest-float32.ts';
import { digestOf, type Sample, type TrainingResult } from '../shared/training-result.ts';
import { buildFraudRows, type FraudRows } from './feature-rows.ts';
import { FRAUD_FEATURES } from './features.ts';
import {
  type LabelledTransaction,
  SECONDS_PER_DAY,
  SIMULATION_DEFAULTS,
  type SimulationOptions,
  simulateTransactions,
} from './simulate.ts';

export interface FraudTrainingOptions extends Partial<SimulationOptions> {
  readonly seed: number;
  /** First days, in which windows fill and nothing is learned. @default - 30, but at most a third of all days */
  readonly warmUpDays?: number;
  /** Days until a label is known: also the gap between training and test. @default 7 */
  readonly labelDelayDays?: number;
  /** Last days, on which the model is tested. @default - 14, but at most a fifth of all days */
  readonly testDays?: number;
}

export interface FraudTraining extends TrainingResult {
  readonly transactions: readonly LabelledTransaction[];
  readonly rows: FraudRows;
}

const SAMPLE_COUNT = 10;

/**
 * Simulates transactions, plays them through the features, trains on the past and tests on the future.
 *
 *     | warm-up | training ............ | gap: labels not known yet | test |
 *
 * A random split would let the model see a compromised terminal's other frauds; the gap keeps out labels that nobody
 * would have known on the first day of the test.
 */
export function trainFraudModel({
  warmUpDays,
  labelDelayDays = 7,
  testDays,
  ...given
}: FraudTrainingOptions): FraudTraining {
  const simulation = { ...SIMULATION_DEFAULTS, ...given };
  const transactions = simulateTransactions(simulation);
  const rows = buildFraudRows(transactions, { labelDelayDays });
  const testFrom = simulation.days - (testDays ?? Math.min(14, Math.floor(simulation.days / 5)));
  const trainFrom = warmUpDays ?? Math.min(30, Math.floor(simulation.days / 3));
  const part = (fromDay: number, toDay: number) => rowsOfDays(rows, transactions, { fromDay, toDay });
  const training = part(trainFrom, testFrom - labelDelayDays);
  const test = part(testFrom, simulation.days);
  const datasetDigest = digestOf(training.features.values, training.labels);
  const trained = trainModel({
    algorithm: 'hist-gradient-boosting',
    ...training,
    featureNames: FRAUD_FEATURES,
    seed: simulation.seed,
    evaluation: test,
    metadata: { dataset_sha256: datasetDigest },
  });
  return {
    ...trained,
    lineage: {
      datasetDigest,
      dataset: 'simulated card transactions',
      simulation,
      labelDelayDays,
      trainingDays: [trainFrom, testFrom - labelDelayDays],
      testDays: [testFrom, simulation.days],
      trainingRows: training.labels.length,
      testRows: test.labels.length,
    },
    featureNames: FRAUD_FEATURES,
    samples: sampleRows(test),
    baseline: baselineCsv(training),
    transactions,
    rows,
  };
}

interface Part {
  readonly features: FeatureMatrix;
  readonly labels: Uint8Array;
}

function rowsOfDays(
  { values, featureCount, labels }: FraudRows,
  transactions: readonly LabelledTransaction[],
  { fromDay, toDay }: { fromDay: number; toDay: number },
): Part {
  const firstAt = (day: number): number => {
    const index = transactions.findIndex(({ at }) => at >= day * SECONDS_PER_DAY);
    return index < 0 ? transactions.length : index;
  };
  const [from, to] = [firstAt(fromDay), firstAt(toDay)];
  return {
    features: { values: values.slice(from * featureCount, to * featureCount), rowCount: to - from, featureCount },
    labels: labels.slice(from, to),
  };
}

/** The monitor learns from these how windows of traffic vary. More would take longer to register, and tell little more. */
const BASELINE_ROWS = 30_000;

/** The latest training rows in the order of time, as `keelson register --baseline` takes them. */
function baselineCsv({ features: { values, featureCount, rowCount } }: Part): string {
  const first = Math.max(0, rowCount - BASELINE_ROWS);
  const lines = Array.from({ length: rowCount - first }, (_, i) => {
    const row = Array.from(values.subarray((first + i) * featureCount, (first + i + 1) * featureCount));
    return row.map((value) => (Number.isNaN(value) ? '' : shortestFloat32(value))).join(',');
  });
  return `${FRAUD_FEATURES.join(',')}\n${lines.join('\n')}\n`;
}

/** Some frauds and some honest rows, evenly spread over the test days. */
function sampleRows({ features: { values, featureCount }, labels }: Part): Sample[] {
  const rowsWith = (wanted: number) => Array.from(labels.keys()).filter((row) => labels[row] === wanted);
  return [1, 0]
    .flatMap((label) => spread(rowsWith(label), SAMPLE_COUNT / 2))
    .map((row) => ({
      input: Array.from(values.subarray(row * featureCount, (row + 1) * featureCount), shortestFloat32),
      label: labels[row] as number,
    }));
}

const spread = (rows: readonly number[], count: number): number[] =>
  Array.from({ length: Math.min(count, rows.length) }, (_, i) => rows[Math.floor((i * rows.length) / count)] as number);
