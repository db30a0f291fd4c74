import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { rocAuc } from '../../../core/domain/training/metrics/roc-auc.ts';
import { trainTable } from '../../../examples/csv/train-table.ts';
import { runOnnx } from '../../support/run-onnx.ts';

const folder = mkdtempSync(join(tmpdir(), 'keelson-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = {
  trainShare: 0.6,
  exclude: [],
  algorithm: 'hist-gradient-boosting',
  encoding: 'ordinal',
  seed: 1,
  hyperparameters: { maxIterations: 10 },
} as const;

function writeCsv(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

const DAY = ['mon', 'tue', 'wed'];
const rows = Array.from({ length: 200 }, (_, i) => [
  199 - i,
  DAY[i % 3],
  i % 7 === 0 ? '' : i % 10,
  'x',
  i % 3 === 1 ? 'yes' : 'no',
]);
const CSV = ['time,day,number,note,answer', ...rows.map((row) => row.join(','))].join('\n');

describe('training on a CSV file', () => {
  it('orders rows by time, keeps the last ones out, and numbers categories and text labels', () => {
    const { lineage, featureNames, holdout, metrics } = trainTable(writeCsv('a.csv', CSV), {
      ...OPTIONS,
      label: 'answer',
      time: 'time',
      exclude: ['note'],
    });
    expect(featureNames).toEqual(['day', 'number']);
    expect(lineage).toMatchObject({ trainingRows: 120, holdoutRows: 80, categories: { day: DAY } });
    // The file runs backwards: held out first comes its row 79, a Tuesday with number 9.
    expect([...holdout.features.values.subarray(0, 2)]).toEqual([1, 9]);
    expect(holdout.labels[0]).toBe(1);
    expect(metrics['roc_auc']).toBe(1);
  });

  it('gives the same model from the gzipped file, with the digest of the file', () => {
    const options = { ...OPTIONS, label: 'answer', encoding: 'one-hot' } as const;
    const plain = trainTable(writeCsv('b.csv', CSV), options);
    const zipped = trainTable(writeCsv('b.csv.gz', CSV), options);
    expect(plain.featureNames).toEqual(['time', 'day=mon', 'day=tue', 'day=wed', 'number', 'note=x']);
    expect(zipped.metrics).toEqual(plain.metrics);
    expect(zipped.lineage.datasetDigest).not.toBe(plain.lineage.datasetDigest);
  });

  it('fails for a column that does not exist, naming those that do', () => {
    expect(() => trainTable(writeCsv('c.csv', CSV), { ...OPTIONS, label: 'fraud' })).toThrow(
      /"fraud".*time, day, number/,
    );
  });
});

const CARDS = '../shared/data/creditcard_ulb.csv.gz';
const DEFAULTS = '../shared/data/taiwan_default.csv.gz';
const ADULT = '../shared/data/adult.csv.gz';

/** ROC AUC on the held out rows, from the answers of ONNX Runtime. */
async function heldOutAuc(
  path: string,
  options: { label: string; time?: string; trainShare?: number; holdoutEvery?: number },
) {
  const { onnx, holdout } = trainTable(path, { ...OPTIONS, hyperparameters: {}, ...options });
  const { values, rowCount, featureCount } = holdout.features;
  const { probabilities } = await runOnnx(onnx, values, { shape: [rowCount, featureCount] });
  return rocAuc(
    holdout.labels,
    probabilities.filter((_, i) => i % 2 === 1),
  );
}

describe.skipIf(!existsSync(CARDS))(`on real data (skipped where ${CARDS} is absent)`, () => {
  it('finds card fraud of the last 40 % of time with a ROC AUC of at least 0.975', async () => {
    expect(await heldOutAuc(CARDS, { label: 'fraud', time: 'time' })).toBeGreaterThanOrEqual(0.975);
  });

  it.skipIf(!existsSync(DEFAULTS))("is within 0.005 of scikit-learn's 0.800 for credit default", async () => {
    const auc = await heldOutAuc(DEFAULTS, { label: 'default_next_month', time: 'id', trainShare: 0.8 });
    expect(Math.abs(auc - 0.8)).toBeLessThan(0.005);
  });

  it.skipIf(!existsSync(ADULT))("is within 0.005 of scikit-learn's 0.927 for income", async () => {
    const auc = await heldOutAuc(ADULT, { label: 'income_gt_50k', holdoutEvery: 5 });
    expect(Math.abs(auc - 0.927)).toBeLessThan(0.005);
  });
});
