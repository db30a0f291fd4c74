import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../core/domain/errors.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { prepareModel } from '../../../core/domain/onnx/prepare-model.ts';
import { createRandom } from '../../../core/domain/training/random.ts';
import { admitModel } from '../../../core/usecases/admit-model.ts';
import { caughtFrom } from '../../support/caught.ts';
import { A_BUDGET } from '../../support/fake-admission.ts';
import { fakeProbe } from '../../support/fake-probe.ts';
import { offsetModel } from '../../support/offset-model.ts';
import { ELEMENT, identityModel } from '../../support/onnx-models.ts';

const NAME = { service: 'fraud', version: 0 };
const failed = (text = '') =>
  new PlatformError('infer.model_failed', { message: 'failed', details: NAME, cause: new Error(text) });
const crashed = () => new PlatformError('infer.model_crashed', { message: 'crashed', details: NAME });
const late = () =>
  new PlatformError('infer.deadline_exceeded', { message: 'late', details: { ...NAME, limitMs: 6_000 } });
const outOfMemory = () =>
  new PlatformError('infer.model_out_of_memory', { message: 'full', details: { ...NAME, limitMiB: 512 } });

const fail = (error: Error) => () => {
  throw error;
};

/** @param callMs what each look at the clock takes */
function open({
  bytes = identityModel(ELEMENT.FP32, ['N', 3]),
  callMs = [1],
}: {
  bytes?: Uint8Array;
  callMs?: number[];
} = {}) {
  const probe = fakeProbe();
  let nowMs = 0;
  let looks = 0;
  const admit = admitModel({
    probe,
    random: createRandom(7).uniform,
    monotonicMs: () => {
      nowMs += callMs[looks % callMs.length] as number;
      looks += 1;
      return nowMs;
    },
  });
  const { signature } = prepareModel(bytes);
  return { probe, admit: () => admit(bytes, { service: 'fraud', signature, budget: A_BUDGET }) };
}

describe('admitModel', () => {
  it('measures what a model takes, under the limits of its service', async () => {
    const { probe, admit } = open();
    const { admission, notes } = await admit();
    expect(admission).toEqual({
      loadMs: 20,
      peakMiB: 80,
      p99Ms: 1,
      calls: 200,
      rowsIndependent: true,
      budget: A_BUDGET,
    });
    expect(notes).toEqual([]);
    expect(probe.limits).toEqual([{ ...A_BUDGET, runMs: A_BUDGET.latencyMs + 1_000 }]);
    expect(probe.opened).toBe(0);
  });

  it('asks single rows of the sizes that the signature allows', async () => {
    const { probe, admit } = open();
    await admit();
    const shapes = new Set(probe.asked.slice(0, 200).map(([x]) => String(x?.shape)));
    expect(shapes).toEqual(new Set(['1,3']));
  });

  it('ends the measurement of a slow model after a second', async () => {
    const { admit } = open({ callMs: [100] });
    expect((await admit()).admission.calls).toBeLessThan(10);
  });

  it('compares with the executor what the executor can run', async () => {
    const { probe, admit } = open({ bytes: offsetModel(1) });
    probe.answer = ([x]) => [
      { ...(x as Tensor), name: 'y', data: (x as { data: Float32Array }).data.map((v) => v + 1) },
    ];
    expect((await admit()).executor).toMatchObject({ name: 'typescript', rows: 512 });
  });

  it('leaves to ONNX Runtime what the executor answers and ONNX Runtime does not', async () => {
    const { probe, admit } = open();
    probe.answer = (inputs) => {
      if (inputs[0]?.shape[0] === 512) throw failed();
      return [{ ...(inputs[0] as Tensor), name: 'y' }];
    };
    expect((await admit()).executor).toEqual({
      name: 'onnxruntime',
      reason: 'ONNX Runtime failed on the sampled rows',
    });
  });

  it('measures by zeros where a model takes no random row', async () => {
    const { probe, admit } = open({ bytes: identityModel(ELEMENT.INT64, ['N']) });
    probe.answer = ([x]) => {
      if ((x as { data: BigInt64Array }).data.some((value) => value !== 0n)) throw failed();
      return [{ ...(x as Tensor), name: 'y' }];
    };
    expect((await admit()).admission).toMatchObject({ calls: 200 });
  });

  it('admits a model that takes none of the sampled rows, and notes that nothing was measured', async () => {
    const { probe, admit } = open();
    probe.answer = fail(failed('Gather index out of range'));
    const { admission, notes } = await admit();
    expect(admission).toEqual({ loadMs: 20, peakMiB: 80, calls: 0, budget: A_BUDGET });
    expect(notes).toEqual([expect.stringContaining('Latency was not measured')]);
  });

  it('admits a model whose memory the system does not tell', async () => {
    const { probe, admit } = open();
    probe.peakMiB = Number.NaN;
    expect((await admit()).admission).not.toHaveProperty('peakMiB');
  });

  it.each([
    {
      what: 'a row answers otherwise among others',
      answer: ([x]: readonly Tensor[]) => {
        const { shape } = x as Tensor;
        const { data } = x as { data: Float32Array };
        const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
        return [
          {
            name: 'y',
            datatype: 'FP32' as const,
            shape,
            data: data.map((value) => value - mean * (shape[0] === 1 ? 0 : 1)),
          },
        ];
      },
    },
    {
      what: 'a batch is answered as one',
      answer: ([x]: readonly Tensor[]) => [
        { name: 'y', datatype: 'FP32' as const, shape: [1, 1], data: (x as { data: Float32Array }).data.slice(0, 1) },
      ],
    },
    {
      what: 'a batch is too much for it',
      answer: ([x]: readonly Tensor[]) => {
        if (x?.shape[0] === 8) throw outOfMemory();
        return [{ ...(x as Tensor), name: 'y' }];
      },
    },
  ])('finds rows dependent where $what', async ({ answer }) => {
    const { probe, admit } = open({ bytes: identityModel(ELEMENT.FP32, ['N', null]) });
    probe.answer = answer as typeof probe.answer;
    expect((await admit()).admission.rowsIndependent).toBe(false);
  });

  it('does not say whether rows are independent of a model that takes one at a time', async () => {
    const { admit } = open({ bytes: identityModel(ELEMENT.FP32, [1, 3]) });
    expect((await admit()).admission).not.toHaveProperty('rowsIndependent');
  });

  it('does not find out whether rows are independent where that would take seconds', async () => {
    const { admit } = open({ callMs: [300] });
    expect((await admit()).admission).not.toHaveProperty('rowsIndependent');
  });

  it('takes the better of two rounds where the first was over the budget', async () => {
    // Slow for the first round, whose measurement ends after one call.
    const slow = [0, 0, A_BUDGET.latencyMs + 1, 1];
    const { admit } = open({ callMs: [...slow, ...new Array(2_000).fill(1)] });
    expect((await admit()).admission.p99Ms).toBe(1);
  });

  describe.each([
    { when: 'loading', change: (probe: ReturnType<typeof fakeProbe>, error: Error) => (probe.onOpen = fail(error)) },
    { when: 'answering', change: (probe: ReturnType<typeof fakeProbe>, error: Error) => (probe.answer = fail(error)) },
  ])('$when', ({ when, change }) => {
    const isLoading = when === 'loading';
    it.each([
      {
        what: 'ends its process',
        error: crashed(),
        code: 'admission.crashes',
        details: { during: isLoading ? 'load' : 'run' },
      },
      {
        what: 'takes all memory',
        error: outOfMemory(),
        code: 'admission.memory_exceeded',
        details: { peakMiB: 512, budgetMiB: 512 },
      },
      isLoading
        ? {
            what: 'does not end',
            error: late(),
            code: 'admission.load_too_slow',
            details: { loadMs: 5_000, budgetMs: 5_000 },
          }
        : {
            what: 'does not end',
            error: late(),
            code: 'admission.hangs',
            details: { waitedMs: 6_000, budgetMs: 5_000 },
          },
    ])('fails for a model that $what, and ends it', async ({ error, code, details }) => {
      const { probe, admit } = open();
      change(probe, error);
      const refusal = await caughtFrom(admit());
      expect(refusal).toMatchObject({ code, details });
      expect(probe.opened).toBe(0);
    });
  });

  it('fails for a model that cannot be loaded, and shows nothing of the text of the library', async () => {
    const { probe, admit } = open();
    probe.onOpen = fail(
      failed('/onnxruntime_src/x.cc:1 void onnxruntime::f() No Op registered for Foo with domain_version of 17'),
    );
    const refusal = await caughtFrom(admit());
    expect(refusal.code).toBe('admission.load_failed');
    expect(refusal.message).toContain('there is no operator Foo in version 17 of its operator set; export it with');
    expect(refusal.message).not.toMatch(/onnxruntime_src|::/);
  });

  it.each([
    {
      what: 'slow to load',
      parts: { loadMs: 5_001 },
      code: 'admission.load_too_slow',
      says: /takes 5001 ms to load, the service allows 5000: .*maxLoadMs/,
    },
    {
      what: 'too large for the service',
      parts: { peakMiB: 600.04 },
      code: 'admission.memory_exceeded',
      says: /takes 600 MiB .*allows 512: .*maxMemoryMiB/,
    },
  ])('fails for a model that is $what', async ({ parts, code, says }) => {
    const { probe, admit } = open();
    Object.assign(probe, parts);
    const refusal = await caughtFrom(admit());
    expect(refusal.code).toBe(code);
    expect(refusal.message).toMatch(says);
    expect(probe.opened).toBe(0);
  });

  it('fails for a model that is slow to answer', async () => {
    const { admit } = open({ callMs: [A_BUDGET.latencyMs + 1] });
    const refusal = await caughtFrom(admit());
    expect(refusal.code).toBe('admission.latency_exceeded');
    expect(refusal.message).toMatch(
      /takes 5001 ms for one row \(99th percentile\), the service allows 5000: .*maxLatencyMs/,
    );
  });

  it('fails as a bug where the probe itself fails: that says nothing of the model', async () => {
    const { probe, admit } = open();
    probe.onOpen = fail(new Error('no such script'));
    await expect(admit()).rejects.toThrow('no such script');
  });
});
