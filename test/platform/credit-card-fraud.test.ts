import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rocAuc } from '../../core/domain/training/metrics/roc-auc.ts';
import { keelson as cli, type KeelsonProcess, lastJson, startKeelson } from '../support/keelson-process.ts';
import { missing, SHARED } from '../support/shared.ts';

const absent = missing('data', 'creditcard_ulb.csv.gz');
const REQUIRED_ROC_AUC = 0.975;

let folder: string;
let platform: KeelsonProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-credit-card-'));
  platform = await startKeelson(join(folder, 'data'));
});
afterAll(async () => {
  await platform.kill('SIGTERM');
  rmSync(folder, { recursive: true });
});

it.skipIf(absent)(
  `ranks real card fraud: trained on the first 60 % of the time, registered, served, ROC AUC of the rest from HTTP answers ${absent ?? ''}`,
  async () => {
    const data = join(SHARED, 'data', 'creditcard_ulb.csv.gz');
    const options = ['--label', 'fraud', '--time', 'time', '--train-share', '0.6', '--out', folder];
    execFileSync(process.execPath, ['examples/train-csv.ts', data, ...options], { stdio: 'ignore' });
    const file = (name: string) => join(folder, name);

    const evidence = ['--metrics', file('metrics.json'), '--lineage', file('lineage.json')];
    const registered = await cli(platform.url, 'register', 'cards', file('model.onnx'), ...evidence, '--json');
    expect(registered).toMatchObject({ code: 0 });
    expect(await cli(platform.url, 'rollout', 'cards', '1', '--json')).toMatchObject({ code: 0 });
    const predicted = await cli(platform.url, 'predict', 'cards', '--input', file('holdout.csv'), '--header', '--json');
    expect(predicted).toMatchObject({ code: 0 });

    const { predictions } = lastJson(predicted.stdout) as { predictions: { probabilities: number[] }[] };
    const labels = readFileSync(file('holdout-labels.csv'), 'utf8').trim().split('\n').slice(1).map(Number);
    expect(predictions).toHaveLength(labels.length);
    const auc = rocAuc(
      labels,
      predictions.map(({ probabilities }) => probabilities[1] ?? Number.NaN),
    );
    expect(auc).toBeGreaterThanOrEqual(REQUIRED_ROC_AUC);
    const { metrics } = lastJson(registered.stdout) as { metrics: Record<string, number> };
    expect(auc).toBeCloseTo(metrics['roc_auc'] ?? Number.NaN, 6);
  },
);
