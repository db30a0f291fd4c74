import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isolatedModelRuntime } from '../../../adapters/onnx/isolated-model-runtime.ts';
import type { Datatype, TensorData } from '../../../core/domain/inference/datatype.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { prepareModel } from '../../../core/domain/onnx/prepare-model.ts';
import type { LoadedModel, ModelRuntime } from '../../../core/ports/model-runtime.ts';
import { caughtFrom } from '../../support/caught.ts';
import { bundleModelProcess, MODEL_PROCESS_VARIABLES } from '../../support/model-process-script.ts';
import { ELEMENT, identityModel, loopModel, memoryModel } from '../../support/onnx-models.ts';

let script: string;
let remove: () => void;
beforeAll(async () => {
  ({ script, remove } = await bundleModelProcess());
  // A function has one model process at a time; here each test leaves one behind.
  process.setMaxListeners(50);
});
afterAll(() => remove());

const openRuntime = (memoryMiB?: number): ModelRuntime =>
  isolatedModelRuntime({ script, variables: MODEL_PROCESS_VARIABLES, memoryMiB });

const load = (runtime: ModelRuntime, bytes: Uint8Array, version = 1): Promise<LoadedModel> =>
  runtime.load(bytes, { service: 'test', version, signature: prepareModel(bytes).signature });

const tensor = (name: string, datatype: Datatype, data: TensorData, shape = [data.length]): Tensor => ({
  name,
  datatype,
  shape,
  data,
});

const sine = (model: LoadedModel, trips: bigint, remainingMs?: number) =>
  model.run(
    [tensor('x', 'FP32', Float32Array.of(1, 2)), tensor('trips', 'INT64', BigInt64Array.of(trips), [])],
    ['y'],
    remainingMs === undefined ? {} : { remainingMs: () => remainingMs },
  );

const FOREVER = 2n ** 60n;

const zeros = (model: LoadedModel, ...shape: bigint[]) =>
  model.run([tensor('shape', 'INT64', BigInt64Array.from(shape))], ['y']);

/** Those that this test process has started and that run now. */
const children = (): number[] =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('model-process.cjs'))
    .map((line) => Number(line.trim().split(' ')[0]));

describe('a model process', () => {
  it.each([
    ['FP32', Float32Array.of(Number.NaN, -0, 1e-45, Number.POSITIVE_INFINITY)],
    ['INT64', BigInt64Array.of(2n ** 53n + 1n, -(2n ** 63n))],
    ['BOOL', Uint8Array.of(0, 1)],
    ['FP16', Uint16Array.of(0x3c00, 0x7c00)],
    ['BYTES', ['', 'é', 'x'.repeat(100_000)]],
  ] as const)('carries %s both ways to the bit', async (datatype, data) => {
    const model = await load(openRuntime(), identityModel(ELEMENT[datatype], ['N']));
    const x = tensor('x', datatype, data as TensorData);
    expect(await model.run([x], ['y'])).toEqual([{ ...x, name: 'y' }]);
  });

  it('carries a tensor of megabytes, and one of no elements', async () => {
    const model = await load(openRuntime(), identityModel(ELEMENT.FP32, ['N']));
    const large = tensor(
      'x',
      'FP32',
      Float32Array.from({ length: 2_000_000 }, (_, index) => index),
    );
    expect(await model.run([large], ['y'])).toEqual([{ ...large, name: 'y' }]);
    const empty = tensor('x', 'FP32', new Float32Array());
    expect(await model.run([empty], ['y'])).toEqual([{ ...empty, name: 'y' }]);
  });

  it('is one for all models of a runtime, and answers requests that come at once', async () => {
    const before = children().length;
    const runtime = openRuntime();
    const models = [await load(runtime, loopModel(), 1), await load(runtime, identityModel(ELEMENT.FP32, ['N']), 2)];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (models[1] as LoadedModel).run([tensor('x', 'FP32', Float32Array.of(index))], ['y']),
      ),
    );
    expect(answers.map(([y]) => y?.data[0])).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(await sine(models[0] as LoadedModel, 1n)).toMatchObject([
      { data: Float32Array.of(Math.sin(1), Math.sin(2)) },
    ]);
    expect(children()).toHaveLength(before + 1);
  });

  it('sees none of the function’s credentials', async () => {
    const known = children();
    await load(openRuntime(), identityModel(ELEMENT.FP32, ['N']));
    const [pid] = children().filter((child) => !known.includes(child));
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(environment).toContain('NODE_PATH=');
    expect(environment).not.toContain('AWS_');
  });

  it('fails for what the library refuses, with its text in the cause alone', async () => {
    const runtime = openRuntime();
    const error = await caughtFrom(
      runtime.load(Buffer.from('no model'), { service: 'test', version: 3, signature: { inputs: [], outputs: [] } }),
    );
    expect(error).toMatchObject({ code: 'infer.model_failed', message: 'version 3 of test cannot be loaded' });
    expect((error as Error).cause).toBeInstanceOf(Error);
    const model = await load(runtime, memoryModel());
    await expect(zeros(model, -5n)).rejects.toMatchObject({ code: 'infer.model_failed' });
    expect(await zeros(model, 3n)).toMatchObject([{ data: Float32Array.of(0) }]);
  });

  it('gives a model’s memory back', async () => {
    const model = await load(openRuntime(), identityModel(ELEMENT.FP32, ['N']));
    await model.release();
    await expect(model.run([tensor('x', 'FP32', Float32Array.of(1))], ['y'])).rejects.toMatchObject({
      code: 'infer.model_failed',
    });
  });
});

describe('a model that misbehaves', () => {
  it('fails at its deadline where it hangs, and costs its process', async () => {
    const runtime = openRuntime();
    const hanging = await load(runtime, loopModel());
    const error = await caughtFrom(sine(hanging, FOREVER, 200));
    expect(error).toMatchObject({
      code: 'infer.deadline_exceeded',
      details: { service: 'test', version: 1, limitMs: 200 },
    });
    expect(hanging.isLost?.()).toBe(true);
    await expect(sine(hanging, 1n)).rejects.toMatchObject({ code: 'infer.process_lost' });
    expect(await sine(await load(runtime, loopModel()), 1n)).toHaveLength(1);
  });

  it('fails the one that hangs; those behind it learn that their process is lost, or that their own time is up', async () => {
    const runtime = openRuntime();
    const hanging = await load(runtime, loopModel());
    const [first, second, third] = await Promise.allSettled([
      sine(hanging, FOREVER, 400),
      sine(hanging, 1n),
      sine(hanging, 1n, 100),
    ]);
    expect(first).toMatchObject({ reason: { code: 'infer.deadline_exceeded' } });
    expect(second).toMatchObject({ reason: { code: 'infer.process_lost' } });
    expect(third).toMatchObject({ reason: { code: 'infer.deadline_exceeded', details: { limitMs: 100 } } });
  });

  it('fails as crashed where its process is killed', async () => {
    const known = children();
    const model = await load(openRuntime(), loopModel());
    const [pid] = children().filter((child) => !known.includes(child));
    const run = caughtFrom(sine(model, FOREVER));
    process.kill(pid as number, 'SIGSEGV');
    const error = await run;
    expect(error).toMatchObject({ code: 'infer.model_crashed', details: { service: 'test', version: 1 } });
    expect(String((error as Error).cause)).toContain('SIGSEGV');
  });

  it('fails where it takes more memory than it may, within the limit that the kernel keeps', async () => {
    const model = await load(openRuntime(300), memoryModel());
    expect(await zeros(model, 1_000n)).toMatchObject([{ data: Float32Array.of(0) }]);
    await expect(zeros(model, 2_000n, 1_000n, 1_000n)).rejects.toMatchObject({
      code: 'infer.model_out_of_memory',
      details: { limitMiB: 300 },
    });
    const again = model.isLost?.() ? await load(openRuntime(300), memoryModel()) : model;
    // 400 MiB: less than the kernel's limit, which counts address space that is never touched, more than it may hold.
    await expect(zeros(again, 100n, 1_048_576n)).rejects.toMatchObject({ code: 'infer.model_out_of_memory' });
  });
});
