import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Lineage, Metrics } from '../../../core/contracts/api.ts';
import { createRandom } from '../../../core/domain/training/random.ts';
import { runOnnx } from '../../support/run-onnx.ts';
import { runs } from '../../support/shared.ts';

const PYTHON = '/usr/bin/python3';
const absent = runs(PYTHON, '-c', 'import torch, numpy')
  ? undefined
  : 'skipped: /usr/bin/python3 has no torch (apt-get install python3-torch)';

const root = join(tmpdir(), `keelson-pytorch-${process.pid}`);
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** 600 rows in order of time; fraud where both features are large; every tenth amount is missing. */
function sampleCsv(): string {
  const random = createRandom(1);
  const rows = Array.from({ length: 600 }, (_, time) => {
    const [amount, distance] = [random.uniform() * 100, random.uniform() * 3];
    return [time, time % 10 === 0 ? '' : amount, distance, amount / 100 + distance / 3 > 1.4 ? 1 : 0].join(',');
  });
  return ['time,amount,distance,fraud', ...rows].join('\n');
}

/** Runs train.py as SageMaker would, with /opt/ml moved under a folder of its own. */
function train(name: string, hyperparameters: Readonly<Record<string, string>>) {
  const [input, model, output] = ['input', 'model', 'output'].map((part) => join(root, name, part)) as [
    string,
    string,
    string,
  ];
  mkdirSync(join(input, 'config'), { recursive: true });
  mkdirSync(join(input, 'data', 'train'), { recursive: true });
  writeFileSync(join(input, 'config', 'hyperparameters.json'), JSON.stringify(hyperparameters));
  writeFileSync(join(input, 'data', 'train', 'rows.csv'), sampleCsv());
  const env = { ...process.env, SM_INPUT_DIR: input, SM_MODEL_DIR: model, SM_OUTPUT_DIR: output };
  const { status, stdout } = spawnSync(PYTHON, ['examples/fraud/pytorch/train.py'], { env, encoding: 'utf8' });
  const json = (file: string) => JSON.parse(readFileSync(join(model, file), 'utf8')) as Record<string, unknown>;
  return { status, stdout, model, output, json };
}

describe.skipIf(absent)(`training the fraud model with PyTorch ${absent ?? ''}`, () => {
  it('leaves a model, metrics and lineage that registration takes, and ONNX Runtime answers raw rows, the missing too', async () => {
    const { status, stdout, model, json } = train('good', { epochs: '"30"', learning_rate: '0.01' });
    expect(status).toBe(0);
    expect(Metrics.parse(json('metrics.json'))['roc_auc']).toBeGreaterThan(0.9);
    expect(Lineage.parse(json('lineage.json'))).toMatchObject({
      seed: 1,
      features: ['amount', 'distance'],
      hyperparameters: { epochs: 30 },
      datasetDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(stdout).toMatch(/^epoch=1 training_loss=[0-9.]+ validation_roc_auc=[0-9.]+$/m);
    const rows = Float32Array.of(1, 0.1, 99, 2.9, Number.NaN, 0.1);
    const answer = await runOnnx(readFileSync(join(model, 'model.onnx')), rows, { shape: [3, 2] });
    const [low, high, missing] = [1, 3, 5].map((at) => answer.probabilities[at] as number);
    expect(high).toBeGreaterThan(0.5);
    expect(low).toBeLessThan(0.1);
    expect(missing).toBeLessThan(0.5);
  });

  it('gives the same metrics for the same seed', () => {
    const [first, second] = ['once', 'again'].map((name) => train(name, { epochs: '3' }).json('metrics.json'));
    expect(first).toEqual(second);
  });

  it.each([
    [{ epoch: '3' }, 'there is no hyperparameter epoch'],
    [{ epochs: 'many' }, 'hyperparameter epochs is'],
    [{ label: 'frauds' }, "there is no column 'frauds'"],
  ])('fails for %j with the reason in the failure file, and leaves no model', (hyperparameters, reason) => {
    const name = Object.values(hyperparameters).join();
    const { status, model, output } = train(name, hyperparameters as Record<string, string>);
    expect(status).toBe(1);
    expect(readFileSync(join(output, 'failure'), 'utf8')).toContain(reason);
    expect(existsSync(join(model, 'model.onnx'))).toBe(false);
  });
});
