import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processModelProbe } from '../../../adapters/onnx/process-model-probe.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { prepareModel } from '../../../core/domain/onnx/prepare-model.ts';
import type { ModelProbe, ProbeLimits } from '../../../core/ports/model-probe.ts';
import { caughtFrom } from '../../support/caught.ts';
import {
  crashingModel,
  endlessModel,
  expandBomb,
  foldingBomb,
  operatorModel,
  tableModel,
} from '../../support/hostile-models.ts';
import { bundleModelProcess, MODEL_PROCESS_VARIABLES } from '../../support/model-process-script.ts';
import { offsetModel } from '../../support/offset-model.ts';

let probe: ModelProbe;
let remove: () => void;
beforeAll(async () => {
  const bundled = await bundleModelProcess();
  remove = bundled.remove;
  probe = processModelProbe({ script: bundled.script, variables: MODEL_PROCESS_VARIABLES });
});
afterAll(() => remove());

const LIMITS: ProbeLimits = { memoryMiB: 400, loadMs: 10_000, runMs: 10_000 };

const open = (bytes: Uint8Array, limits: Partial<ProbeLimits> = {}) =>
  probe.open(
    bytes,
    { ...LIMITS, ...limits },
    { service: 'fraud', version: 0, signature: prepareModel(bytes).signature },
  );

const x = (data: Tensor['data'], parts: Partial<Tensor> = {}): Tensor[] => [
  { name: 'x', datatype: 'FP32', shape: [data.length, 1], data, ...parts },
];

describe('a probed model', () => {
  it('answers, and tells what it took', async () => {
    const model = await open(offsetModel(2));
    expect((await model.run(x(Float32Array.of(1, 2)), ['y']))[0]?.data).toEqual(Float32Array.of(3, 4));
    expect(model.loadMs).toBeGreaterThan(0);
    // Node.js and the library alone take some 50 MiB.
    expect(await model.peakMiB()).toBeGreaterThan(40);
    await model.close();
  });

  it('answers again after an error of the library', async () => {
    const model = await open(tableModel(1));
    const ask = (index: bigint) => model.run(x(BigInt64Array.of(index), { datatype: 'INT64', shape: [1] }), ['y']);
    expect((await caughtFrom(ask(9n))).code).toBe('infer.model_failed');
    expect((await ask(0n))[0]?.data).toEqual(Float32Array.of(0));
    await model.close();
  });

  it('fails to open as the library says', async () => {
    const error = await caughtFrom(open(operatorModel('Foo')));
    expect(error.code).toBe('infer.model_failed');
    expect((error.cause as Error).message).toContain('No Op registered for Foo');
  });

  it('fails to open where loading takes all memory', async () => {
    expect((await caughtFrom(open(foldingBomb()))).code).toBe('infer.model_out_of_memory');
  });

  it('fails where one row takes all memory', async () => {
    const model = await open(expandBomb());
    expect((await caughtFrom(model.run(x(Float32Array.of(1)), ['y']))).code).toBe('infer.model_out_of_memory');
    await model.close();
  });

  it('fails where it does not end', async () => {
    const model = await open(endlessModel(), { runMs: 200 });
    const run = model.run(x(Float32Array.of(1), { shape: [1] }), ['y']);
    expect((await caughtFrom(run)).code).toBe('infer.deadline_exceeded');
    await model.close();
  });

  it.skipIf(process.arch !== 'x64')(
    'fails where it ends its process (skipped but on x64, which traps the overflow)',
    async () => {
      const model = await open(crashingModel());
      const run = model.run(x(Int32Array.of(1), { datatype: 'INT32', shape: [1] }), ['y']);
      expect((await caughtFrom(run)).code).toBe('infer.model_crashed');
      await model.close();
    },
  );
});
