import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadOnnxruntime } from '../../../adapters/onnx/load-onnxruntime.ts';
import { onnxruntimeModelRuntime } from '../../../adapters/onnx/onnxruntime-model-runtime.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { prepareModel } from '../../../core/domain/onnx/prepare-model.ts';
import { createRandom } from '../../../core/domain/training/random.ts';
import { trainModel } from '../../../core/domain/training/train-model.ts';
import { executorRuntime } from '../../../core/usecases/executor-runtime.ts';
import { type NativeModel, verifyExecutor } from '../../../core/usecases/verify-executor.ts';
import { fakeRuntime } from '../../support/fake-runtime.ts';
import { offsetModel } from '../../support/offset-model.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const native = onnxruntimeModelRuntime(() => loadOnnxruntime(resolve('assets')));

async function verify(bytes: Uint8Array, model?: NativeModel) {
  const { signature } = prepareModel(bytes);
  const loaded = model ?? (await native.load(bytes, { service: 'test', version: 1, signature }));
  return verifyExecutor({ random: createRandom(1).uniform })(bytes, signature, loaded);
}

/** Rows of two features; the label is 1, 2 or 5 by their sum. */
function trained(algorithm: 'hist-gradient-boosting' | 'logistic-regression', task: 'classification' | 'regression') {
  const { uniform } = createRandom(9);
  const features = Array.from({ length: 400 }, () => [
    uniform() * 4 - 2,
    uniform() < 0.1 ? Number.NaN : uniform() * 100,
  ]);
  const labels = features.map(([a = 0, b = 0]) => (a + (Number.isNaN(b) ? 0 : b / 50) > 1 ? 5 : a > 0 ? 2 : 1));
  return trainModel({
    algorithm,
    task,
    features,
    labels,
    featureNames: ['a', 'b'],
    seed: 1,
    ...(algorithm === 'hist-gradient-boosting' && { hyperparameters: { maxIterations: 20 } }),
  } as Parameters<typeof trainModel>[0]).onnx;
}

describe('verifyExecutor', () => {
  it.each([
    { title: 'boosted classifier', bytes: trained('hist-gradient-boosting', 'classification') },
    { title: 'boosted regressor', bytes: trained('hist-gradient-boosting', 'regression') },
    { title: 'logistic regression', bytes: trained('logistic-regression', 'classification') },
  ])('finds the executor equal to onnxruntime for the $title of our own trainer', async ({ bytes }) => {
    const verdict = await verify(bytes);
    expect(verdict).toMatchObject({ name: 'typescript', rows: 512 });
    expect(verdict.maxDifference).toBeLessThanOrEqual(1e-6);
  });

  it('chooses onnxruntime where the answers differ, and tells by how much', async () => {
    const bytes = offsetModel(1);
    const wrong: NativeModel = {
      run: async (inputs) => {
        const x = inputs[0] as Tensor;
        return [{ ...x, name: 'y', data: (x.data as Float32Array).map((value) => value + 1.001) }];
      },
    };
    const verdict = await verify(bytes, wrong);
    expect(verdict).toMatchObject({ name: 'onnxruntime', rows: 512 });
    expect(verdict.reason).toMatch(/differ by 0\.00|differ by Infinity/);
  });

  it('leaves a file to ONNX Runtime that the executor would be long at reading', async () => {
    const { signature } = prepareModel(offsetModel(1));
    const verdict = await verifyExecutor({ random: Math.random })(new Uint8Array(33 * 2 ** 20), signature, {
      run: () => Promise.reject(new Error('asked')),
    });
    expect(verdict).toEqual({ name: 'onnxruntime', reason: 'the file has more than 32 MiB' });
  });
});

describe('executorRuntime', () => {
  const x: Tensor = { name: 'x', datatype: 'FP32', shape: [1, 1], data: Float32Array.of(2) };
  const model = (executor?: 'typescript' | 'onnxruntime') => ({
    service: 'fraud',
    version: 1,
    signature: prepareModel(offsetModel(1)).signature,
    ...(executor && { executor: { name: executor } }),
  });

  it('serves what was verified without loading the native runtime', async () => {
    const runtime = fakeRuntime();
    const loaded = await executorRuntime(runtime).load(offsetModel(1), model('typescript'));
    expect((await loaded.run([x], ['y']))[0]).toEqual({ ...x, name: 'y', data: Float32Array.of(3) });
    expect(runtime.loads).toEqual([]);
  });

  it.each([undefined, 'onnxruntime'] as const)(
    'leaves what was registered with %s to the native runtime',
    async (name) => {
      const runtime = fakeRuntime();
      await executorRuntime(runtime).load(offsetModel(1), model(name));
      expect(runtime.loads).toEqual(['fraud@1']);
    },
  );
});
