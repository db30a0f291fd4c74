import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../core/domain/errors.ts';
import { joinRows, splitRows } from '../../../core/domain/inference/batch-rows.ts';
import type { ModelSignature } from '../../../core/domain/inference/signature.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import type { LoadedModel, ModelToLoad, RunOptions } from '../../../core/ports/model-runtime.ts';
import { batchRuns } from '../../../core/usecases/batch-runs.ts';
import { gate, modelFailed } from '../../support/fake-runtime.ts';

const FREE: ModelSignature = {
  inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 2] }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 2] }],
};

const x = (...values: number[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [values.length / 2, 2],
  data: Float32Array.from(values),
});

const valuesOf = ([tensor]: readonly Tensor[]) => ({ shape: tensor?.shape, data: [...(tensor?.data ?? [])] });

type Run = (inputs: readonly Tensor[], options: RunOptions | undefined) => Promise<Tensor[]> | Tensor[];

/** Answers with its inputs, under the name `y`. */
const echo: Run = (inputs) => inputs.map((tensor) => ({ ...tensor, name: 'y' }));

async function open({
  run = echo,
  model = {},
  rowLimit = 8,
}: {
  run?: Run;
  model?: Partial<ModelToLoad>;
  rowLimit?: number;
} = {}) {
  const runs: number[] = [];
  const state = { lost: false, loads: 0 };
  const loaded: LoadedModel = {
    async run(inputs, _outputs, options) {
      runs.push(inputs[0]?.shape[0] ?? 0);
      return run(inputs, options);
    },
    release: async () => undefined,
    isLost: () => state.lost,
  };
  const native = {
    load: async () => {
      state.loads += 1;
      state.lost = false;
      return loaded;
    },
  };
  const runtime = batchRuns(native, { rowLimit, turn: () => turn() });
  const load = () =>
    runtime.load(new Uint8Array(), {
      service: 's',
      version: 1,
      signature: FREE,
      admission: { rowsIndependent: true },
      ...model,
    });
  return { model: await load(), load, runs, state };
}

describe('batching runs', () => {
  it('answers what one turn holds by one run, each with its own rows', async () => {
    const { model, runs } = await open();
    const answers = await Promise.all([x(1, 2), x(3, 4, 5, 6), x(7, 8)].map((input) => model.run([input], ['y'])));
    expect(runs).toEqual([4]);
    expect(answers.map(valuesOf)).toEqual([
      { shape: [1, 2], data: [1, 2] },
      { shape: [2, 2], data: [3, 4, 5, 6] },
      { shape: [1, 2], data: [7, 8] },
    ]);
  });

  it('gathers what arrives while a run is under way', async () => {
    const door = gate();
    const { model, runs } = await open({ run: (inputs) => door.passed.then(() => echo(inputs, undefined)) });
    const first = model.run([x(1, 2)], ['y']);
    await turn();
    await turn();
    const others = [x(3, 4), x(5, 6)].map((input) => model.run([input], ['y']));
    await turn();
    expect(runs).toEqual([1]);
    door.open();
    await Promise.all([first, ...others]);
    expect(runs).toEqual([1, 2]);
  });

  it('keeps apart what asks for other outputs, or has another shape or datatype', async () => {
    const { model, runs } = await open({
      model: { signature: { ...FREE, inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', null] }] } },
    });
    const wide: Tensor = { name: 'x', datatype: 'FP32', shape: [1, 3], data: new Float32Array(3) };
    const integers: Tensor = { name: 'x', datatype: 'INT32', shape: [1, 2], data: new Int32Array(2) };
    await Promise.all([
      model.run([x(1, 2)], ['y']),
      model.run([x(3, 4)], ['z']),
      model.run([wide], ['y']),
      model.run([integers], ['y']),
      model.run([x(5, 6)], ['y']),
    ]);
    expect(runs.toSorted()).toEqual([1, 1, 1, 2]);
  });

  it('joins no more rows than the limit, and leaves a request that has as many by itself', async () => {
    const { model, runs } = await open({ rowLimit: 3 });
    await Promise.all(
      [x(1, 2, 3, 4), x(5, 6, 7, 8), x(9, 10), x(1, 2, 3, 4, 5, 6)].map((input) => model.run([input], ['y'])),
    );
    expect(runs.toSorted()).toEqual([2, 3, 3]);
  });

  it('runs each by itself where the batch fails, so that only the one to blame fails', async () => {
    const { model } = await open({
      run: (inputs) => {
        if (inputs.some(({ data }) => (data as Float32Array).includes(13))) throw modelFailed('s', 1);
        return echo(inputs, undefined);
      },
    });
    const [good, bad, other] = await Promise.allSettled(
      [x(1, 2), x(13, 0), x(5, 6)].map((input) => model.run([input], ['y'])),
    );
    expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'infer.model_failed' } });
    expect([good, other]).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
  });

  it('runs each by itself where the answer has not the rows of the question', async () => {
    const { model, runs } = await open({ run: () => [{ ...x(1, 2), name: 'y' }] });
    const answers = await Promise.all([model.run([x(1, 2)], ['y']), model.run([x(3, 4)], ['y'])]);
    expect(answers.map(valuesOf)).toEqual([
      { shape: [1, 2], data: [1, 2] },
      { shape: [1, 2], data: [1, 2] },
    ]);
    expect(runs).toEqual([2, 1, 1]);
  });

  it('tells all of a batch that ended the process to load again, and never batches that version after it', async () => {
    const { model, load, runs, state } = await open({
      run: (inputs) => {
        if ((inputs[0]?.shape[0] ?? 0) > 1) {
          state.lost = true;
          throw new PlatformError('infer.model_crashed', { message: 'crashed', details: { service: 's', version: 1 } });
        }
        return echo(inputs, undefined);
      },
    });
    const outcomes = await Promise.allSettled([model.run([x(1, 2)], ['y']), model.run([x(3, 4)], ['y'])]);
    const lost = { status: 'rejected', reason: { code: 'infer.process_lost' } };
    expect(outcomes).toMatchObject([lost, lost]);
    const again = await load();
    await Promise.all([again.run([x(1, 2)], ['y']), again.run([x(3, 4)], ['y'])]);
    expect(runs).toEqual([2, 1, 1]);
  });

  it('leaves half of the time of the least patient for runs by themselves', async () => {
    const limits: (number | undefined)[] = [];
    const { model } = await open({
      run: (inputs, options) => {
        limits.push(options?.remainingMs?.());
        return echo(inputs, undefined);
      },
    });
    await Promise.all([9_000, 8_000].map((ms) => model.run([x(1, 2)], ['y'], { remainingMs: () => ms })));
    expect(limits).toEqual([4_000]);
  });

  it('lets one that is nearly out of time end no batch', async () => {
    const { model, runs } = await open();
    await Promise.all([9_000, 20, 9_000].map((ms) => model.run([x(1, 2)], ['y'], { remainingMs: () => ms })));
    expect(runs).toEqual([2, 1]);
  });

  it('fails one whose time is over before the model is asked', async () => {
    const { model, runs } = await open();
    const expired = model.run([x(1, 2)], ['y'], { remainingMs: () => 0 });
    await expect(expired).rejects.toMatchObject({ code: 'infer.deadline_exceeded' });
    expect(runs).toEqual([]);
  });

  it.each<[string, Partial<ModelToLoad>]>([
    [
      'has a fixed axis 0 of an input',
      { signature: { ...FREE, inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2] }] } },
    ],
    [
      'has a fixed axis 0 of an output',
      { signature: { ...FREE, outputs: [{ name: 'y', datatype: 'FP32', shape: [1, 2] }] } },
    ],
    ['has an output without axes', { signature: { ...FREE, outputs: [{ name: 'y', datatype: 'FP32', shape: [] }] } }],
    [
      'names axis 0 differently',
      { signature: { ...FREE, outputs: [{ name: 'y', datatype: 'FP32', shape: ['M', 2] }] } },
    ],
    ['has rows that influence one another', { admission: { rowsIndependent: false } }],
    ['has rows of which nothing could be found out', { admission: {} }],
    ['was registered before that was found out', { admission: undefined }],
  ])('leaves a model alone that %s', async (_, model) => {
    const opened = await open({ model });
    await Promise.all([opened.model.run([x(1, 2)], ['y']), opened.model.run([x(3, 4)], ['y'])]);
    expect(opened.runs).toEqual([1, 1]);
  });
});

describe('rows', () => {
  const rowsOf = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
  const tensor = (datatype: Tensor['datatype'], rows: number, seed: number): Tensor => {
    const count = rows * 3;
    const numbers = Array.from({ length: count }, (_, index) => (seed + index) % 2);
    const shape = [rows, 3];
    if (datatype === 'BYTES') return { name: 'x', datatype, shape, data: numbers.map((n) => `text ${n}`) };
    if (datatype === 'INT64')
      return { name: 'x', datatype, shape, data: BigInt64Array.from(numbers, (n) => 2n ** 60n + BigInt(n)) };
    if (datatype === 'UINT64')
      return { name: 'x', datatype, shape, data: BigUint64Array.from(numbers, (n) => 2n ** 63n + BigInt(n)) };
    if (datatype === 'FP16') return { name: 'x', datatype, shape, data: Uint16Array.from(numbers, (n) => 0x3c00 + n) };
    if (datatype === 'BOOL') return { name: 'x', datatype, shape, data: Uint8Array.from(numbers) };
    return { name: 'x', datatype: 'FP32', shape, data: Float32Array.from(numbers, (n) => n + 0.5) };
  };

  it.each(['BYTES', 'INT64', 'UINT64', 'FP16', 'BOOL', 'FP32'] as const)(
    'of %s come back as they were joined',
    (datatype) => {
      fc.assert(
        fc.property(rowsOf, (counts) => {
          const parts = counts.map((rows, index) => tensor(datatype, rows, index));
          expect(splitRows(joinRows(parts), counts)).toEqual(parts);
        }),
      );
    },
  );

  it('of a tensor that has fewer than are counted are not split', () => {
    expect(splitRows(tensor('FP32', 2, 0), [1, 2])).toBeUndefined();
  });
});
