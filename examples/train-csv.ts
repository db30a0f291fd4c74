import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type TableTraining, trainTable } from './csv/train-table.ts';
import { shortestFloat32 } from './shared/shortest-float32.ts';
import { writeTrainingResult } from './shared/training-result.ts';

const USAGE = `node examples/train-csv.ts DATA.csv[.gz] --label COLUMN [--out DIR]

Trains a classifier on a CSV file with a header row and writes into DIR (default: build/csv)
  model.onnx  metrics.json  lineage.json  holdout.csv  holdout-labels.csv

  --label COLUMN          what to predict
  --time COLUMN           order rows by it and test on the last ones; it is no feature
  --train-share 0.6       share of the rows to train on
  --holdout-every N       hold out rows 0, N, 2N ... instead
  --exclude A,B           columns that are no features
  --algorithm NAME        hist-gradient-boosting (default) or logistic-regression
  --categories ENCODING   ordinal (default) or one-hot
  --hyperparameters JSON  such as '{"maxIterations":200}'
  --calibrate METHOD      sigmoid or isotonic, learnt on a fifth of the training rows and written into the model
  --seed 1`;

const cell = (value: number): string => (Number.isNaN(value) ? '' : String(shortestFloat32(value)));

function writeHoldout(directory: string, { holdout: { features, labels }, featureNames }: TableTraining): void {
  const { values, featureCount } = features;
  const rows = Array.from(labels, (_, row) =>
    Array.from(values.subarray(row * featureCount, (row + 1) * featureCount), cell).join(','),
  );
  const header = featureNames.map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
  writeFileSync(join(directory, 'holdout.csv'), `${[header.join(','), ...rows].join('\n')}\n`);
  writeFileSync(join(directory, 'holdout-labels.csv'), `${['label', ...labels].join('\n')}\n`);
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      label: { type: 'string' },
      time: { type: 'string' },
      'train-share': { type: 'string', default: '0.6' },
      'holdout-every': { type: 'string' },
      exclude: { type: 'string', default: '' },
      algorithm: { type: 'string', default: 'hist-gradient-boosting' },
      categories: { type: 'string', default: 'ordinal' },
      hyperparameters: { type: 'string', default: '{}' },
      calibrate: { type: 'string' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: 'build/csv' },
    },
  });
  const [path] = positionals;
  if (path === undefined || values.label === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const trained = trainTable(path, {
    label: values.label,
    time: values.time,
    trainShare: Number(values['train-share']),
    holdoutEvery: values['holdout-every'] === undefined ? undefined : Number(values['holdout-every']),
    exclude: values.exclude.split(','),
    algorithm: values.algorithm as 'hist-gradient-boosting',
    encoding: values.categories === 'one-hot' ? 'one-hot' : 'ordinal',
    hyperparameters: JSON.parse(values.hyperparameters) as Record<string, unknown>,
    calibration: values.calibrate === undefined ? undefined : { method: values.calibrate as 'sigmoid' },
    seed: Number(values.seed),
  });
  const { directory } = writeTrainingResult(values.out, trained);
  writeHoldout(directory, trained);
  console.log(JSON.stringify({ out: values.out, metrics: trained.metrics }));
}

main();
