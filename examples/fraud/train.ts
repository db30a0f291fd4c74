import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shortestFloat32 } from '../shared/shortest-float32.ts';
import { toJsonFile, writeTrainingResult } from '../shared/training-result.ts';
import { type FraudTraining, trainFraudModel } from './train-fraud-model.ts';

const USAGE = `node examples/fraud/train.ts [--out DIR | --out model.onnx] [--seed 1] [--days 100] [--customers 1000] [--csv]

Simulates card transactions, trains the fraud model and writes into DIR (default: build/fraud)
  model.onnx  metrics.json  lineage.json  samples.json   and with --csv also
  transactions.csv  features.csv`;

/** One row of CSV; a missing value is an empty cell. */
const csvRow = (cells: readonly (string | number | null)[]): string =>
  `${cells.map((cell) => (cell === null || Number.isNaN(cell) ? '' : cell)).join(',')}\n`;

function transactionsCsv({ transactions }: FraudTraining): string {
  const rows = transactions.map(({ id, at, customer, terminal, amount, scenario }) =>
    csvRow([id, at, customer, terminal, amount, scenario === null ? 0 : 1, scenario]),
  );
  return csvRow(['id', 'at_seconds', 'customer', 'terminal', 'amount', 'fraud', 'scenario']) + rows.join('');
}

function featuresCsv({ transactions, featureNames, rows }: FraudTraining): string {
  const lines = transactions.map(({ at }, row) => {
    const features = Array.from(rows.values.subarray(row * rows.featureCount, (row + 1) * rows.featureCount));
    return csvRow([at, ...features.map(shortestFloat32), rows.labels[row] as number]);
  });
  return csvRow(['at_seconds', ...featureNames, 'fraud']) + lines.join('');
}

function main(): void {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'build/fraud' },
      seed: { type: 'string', default: '1' },
      days: { type: 'string' },
      customers: { type: 'string' },
      csv: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const training = trainFraudModel({
    seed: Number(values.seed),
    ...(values.days !== undefined && { days: Number(values.days) }),
    ...(values.customers !== undefined && { customers: Number(values.customers) }),
  });
  const { directory } = writeTrainingResult(values.out, training);
  writeFileSync(join(directory, 'samples.json'), toJsonFile(training.samples));
  if (values.csv) {
    writeFileSync(join(directory, 'transactions.csv'), transactionsCsv(training));
    writeFileSync(join(directory, 'features.csv'), featuresCsv(training));
  }
  console.log(JSON.stringify({ out: values.out, metrics: training.metrics }));
}

main();
