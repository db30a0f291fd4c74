import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rocAuc } from '../core/domain/training/metrics/roc-auc.ts';
import { trainModel } from '../core/domain/training/train-model.ts';
import { prepareTable, type TablePart } from '../examples/csv/prepare-table.ts';
import { median, round } from './statistics.ts';

const DATA = resolve('..', 'shared', 'data');
const PYTHON = '/usr/bin/python3';
const ROUNDS = 3;
const SEED = 1;

interface DataSet {
  readonly name: string;
  readonly label: string;
  readonly exclude: readonly string[];
  readonly time?: string;
  readonly trainShare: number;
  readonly holdoutEvery?: number;
  /** scikit-learn 1.2.1's ROC AUC on the same rows, as it was once measured. */
  readonly reference: number;
  /** How far from it is still as good. */
  readonly margin: number;
}

/** 0.739 of 200 rows, 60 of them bad: DeLong's half width of such an area is about 0.08. */
const GERMAN_CREDIT_MARGIN = 0.08;

const DATA_SETS: readonly DataSet[] = [
  {
    name: 'creditcard_ulb',
    label: 'fraud',
    time: 'time',
    exclude: [],
    trainShare: 0.6,
    reference: 0.981,
    margin: 0.005,
  },
  {
    name: 'taiwan_default',
    label: 'default_next_month',
    exclude: ['id'],
    trainShare: 0.8,
    reference: 0.8,
    margin: 0.005,
  },
  {
    name: 'adult',
    label: 'income_gt_50k',
    exclude: [],
    trainShare: 0.8,
    holdoutEvery: 5,
    reference: 0.927,
    margin: 0.005,
  },
  {
    name: 'german_credit',
    label: 'bad',
    exclude: [],
    trainShare: 0.8,
    holdoutEvery: 5,
    reference: 0.739,
    margin: GERMAN_CREDIT_MARGIN,
  },
];

/** What scikit-learn's process prints. */
interface Peer {
  readonly version: string;
  readonly seconds: readonly number[];
  readonly rocAuc: number;
}

/**
 * The built-in trainer with its defaults beside scikit-learn's HistGradientBoostingClassifier with its own, but for early stopping, which is off (its default turns it on above 10,000 rows), on the same
 * float32 values, one after the other in the same run.
 *
 * @returns ROC AUC on rows held out and median seconds of three trainings, by data set; the ratio is ours to theirs
 */
export async function benchTraining(log: (line: string) => void): Promise<Readonly<Record<string, unknown>>> {
  const results: Record<string, unknown> = {};
  for (const set of DATA_SETS) {
    const path = join(DATA, `${set.name}.csv.gz`);
    if (!existsSync(path)) {
      log(`${set.name}: skipped, ${path} is not on this machine`);
      continue;
    }
    results[set.name] = benchOne(path, set, log);
  }
  return results;
}

function benchOne(path: string, set: DataSet, log: (line: string) => void) {
  const { train, holdout, featureNames } = prepareTable(path, { ...set, encoding: 'ordinal' });
  const seconds: number[] = [];
  let probabilities = new Float32Array();
  for (let i = 0; i < ROUNDS; i += 1) {
    const started = performance.now();
    const model = trainModel({ algorithm: 'hist-gradient-boosting', ...train, featureNames, seed: SEED });
    seconds.push((performance.now() - started) / 1000);
    probabilities = new Float32Array(model.predict(holdout.features));
  }
  const auc = rocAuc(
    holdout.labels,
    probabilities.filter((_, i) => i % 2 === 1),
  );
  const peer = askPeer({ train, holdout, features: featureNames.length });
  const within = Math.abs(auc - set.reference) <= set.margin;
  const own = median(seconds);
  const ratio = peer && own / median(peer.seconds);
  log(
    `${set.name}: ${train.features.rowCount} rows, ROC AUC ${round(auc, 4)}, reference ${set.reference} ± ${set.margin} (${within ? 'within' : 'OUTSIDE'}); ${round(own)} s` +
      (peer
        ? `; scikit-learn ${peer.version} in this run: ${round(peer.rocAuc, 4)}, ${round(median(peer.seconds))} s; ratio ${round(ratio as number)}`
        : `; ${PYTHON} has no scikit-learn to compare with`),
  );
  return { rocAuc: auc, reference: set.reference, margin: set.margin, within, seconds: own, scikitLearn: peer, ratio };
}

function askPeer({
  train,
  holdout,
  features,
}: {
  train: TablePart;
  holdout: TablePart;
  features: number;
}): Peer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-training-'));
  try {
    for (const [name, part] of [
      ['train', train],
      ['test', holdout],
    ] as const) {
      writeFileSync(join(folder, `${name}.f32`), part.features.values);
      writeFileSync(join(folder, `${name}-labels.f64`), part.labels);
    }
    writeFileSync(join(folder, 'meta.json'), JSON.stringify({ features, rounds: ROUNDS }));
    if (!hasScikitLearn()) return undefined;
    // One thread each: ours has no more, and on a busy machine OpenMP's threads wait for one another.
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const printed = execFileSync(PYTHON, ['bench/training/scikit-learn.py', folder], { encoding: 'utf8', env });
    return JSON.parse(printed) as Peer;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function hasScikitLearn(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import sklearn'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
