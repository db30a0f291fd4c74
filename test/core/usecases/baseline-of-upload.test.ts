import { createHash as createNodeHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { BaselineTask } from '../../../core/contracts/admission.ts';
import { readBaseline } from '../../../core/domain/drift/profile/baseline.ts';
import { mergeProfiles } from '../../../core/domain/drift/profile/merge-profiles.ts';
import type { Profile } from '../../../core/domain/drift/profile/profile.ts';
import { PlatformError } from '../../../core/domain/errors.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { readConstraints, readStatistics } from '../../../core/domain/quality/read-documents.ts';
import { createRandom } from '../../../core/domain/training/random.ts';
import { type AskedModel, baselineOfUpload } from '../../../core/usecases/baseline-of-upload.ts';
import { caughtFrom } from '../../support/caught.ts';
import { memoryArtifactStore } from '../../support/memory-artifact-store.ts';
import { memoryBaselineStore } from '../../support/memory-baseline-store.ts';
import { createHash } from '../../support/running-hash.ts';

const FOLDER = 'baselines/fraud/sha256/f00/';
const SIGNATURE: AskedModel['signature'] = {
  inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 2] }],
  outputs: [{ name: 'score', datatype: 'FP32', shape: ['N', 1] }],
};

/** The first feature is the score. */
const predict = async ([x]: readonly Tensor[]): Promise<Tensor[]> => {
  const data = x?.data as Float32Array;
  const rows = data.length / 2;
  return [{ name: 'score', datatype: 'FP32', shape: [rows, 1], data: data.filter((_, i) => i % 2 === 0) }];
};

interface Parts {
  readonly text: string;
  readonly task?: Partial<BaselineTask>;
  readonly asked?: Partial<AskedModel>;
  readonly msPerLook?: number;
}

async function make({ text, task, asked, msPerLook = 0 }: Parts) {
  const artifacts = memoryArtifactStore();
  const baselines = memoryBaselineStore();
  const file = new TextEncoder().encode(text);
  artifacts.upload('fraud', 'u1', file);
  let nowMs = 0;
  const makeBaseline = baselineOfUpload({
    artifacts,
    baselines,
    createHash,
    monotonicMs: () => {
      nowMs += msPerLook;
      return nowMs;
    },
  });
  const sha256 = createNodeHash('sha256').update(file).digest('hex');
  const notes = makeBaseline(
    {
      service: 'fraud',
      startedMs: 0,
      task: { uploadId: 'u1', sha256, format: 'csv', order: 'time', folder: FOLDER, metadata: {}, ...task },
    },
    { signature: SIGNATURE, predict, batchRows: 100, ...asked },
  );
  const written = async () => ({
    baseline: readBaseline((await baselines.read(FOLDER, 'profile.json')) as string),
    statistics: readStatistics((await baselines.read(FOLDER, 'statistics.json')) as string),
    constraints: readConstraints((await baselines.read(FOLDER, 'constraints.json')) as string),
  });
  return { notes: await notes, written: await written(), baselines };
}

function rowsOf(count: number, header = 'amount,age'): string {
  const random = createRandom(5);
  const lines = Array.from({ length: count }, () => {
    const amount = random.uniform();
    return `${amount},${Math.floor(20 + 50 * amount)}`;
  });
  return `${[header, ...lines].join('\n')}\n`;
}

describe('baseline of an upload', () => {
  it('counts features and the model’s own predictions, in all and by windows', async () => {
    const { notes, written } = await make({ text: rowsOf(2_030) });
    const { plan, reference, history, featureNames } = written.baseline;
    expect(notes).toEqual(['the baseline is made of 2030 rows']);
    expect(featureNames).toEqual(['amount', 'age']);
    expect(plan.columns.map(({ name, role }) => [name, role])).toEqual([
      ['amount', 'feature'],
      ['age', 'feature'],
      ['score', 'prediction'],
    ]);
    expect(plan.correlated).toEqual(['amount', 'age']);
    expect(reference.rows).toBe(2_030);
    expect(reference.columns[2]).toEqual(reference.columns[0]);
    // Windows of 25 rows, what is left over counted before the first.
    expect(history?.rowsPerWindow).toBe(25);
    expect(history?.windows.map(({ profile }) => profile.rows)).toEqual(new Array(81).fill(25));
    const windows = (history?.windows ?? []).map(({ profile }) => profile);
    const [first, ...others] = windows as [Profile, ...Profile[]];
    expect(mergeProfiles(first, ...others).rows).toBe(2_025);
  });

  it('has as many values in each bin as quantiles give, and the ranks’ variance of 1/12', async () => {
    const { reference } = (await make({ text: rowsOf(3_200) })).written.baseline;
    expect(reference.columns[0]).toMatchObject({ bins: new Array(32).fill(100) });
    const [aa, ab, bb] = reference.crossMoments as [number, number, number];
    expect(aa / 3_200).toBeCloseTo(1 / 12 - 1 / (12 * 32 ** 2), 10);
    expect(ab / Math.sqrt(aa * bb)).toBeGreaterThan(0.99);
  });

  it('writes what Model Monitor reads', async () => {
    const { statistics, constraints } = (await make({ text: rowsOf(300) })).written;
    expect(statistics.dataset.item_count).toBe(300);
    expect(statistics.features.map(({ name, inferred_type }) => [name, inferred_type])).toEqual([
      ['amount', 'Fractional'],
      ['age', 'Integral'],
      ['score', 'Fractional'],
    ]);
    expect(constraints.warnings).toEqual([]);
    expect(constraints.document.features).toHaveLength(3);
  });

  it('says from when to when its windows are, where the rows have times', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `${1_780_272_000 + i},${i},30`);
    const { history } = (await make({ text: `at,amount,age\n${lines.join('\n')}`, task: { time: 'at' } })).written
      .baseline;
    expect(history?.windows.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [1_780_272_010_000, 1_780_272_034_000],
      [1_780_272_035_000, 1_780_272_059_000],
    ]);
  });

  it('has no history where the rows are in no order', async () => {
    const { baseline } = (await make({ text: rowsOf(60), task: { order: 'none' } })).written;
    expect(baseline.history).toBeNull();
    expect(baseline.reference.rows).toBe(60);
  });

  it('asks the model as many rows at a time as it takes', async () => {
    const asked: number[] = [];
    const count: AskedModel['predict'] = (inputs) => {
      asked.push(inputs[0]?.shape[0] as number);
      return predict(inputs);
    };
    await make({ text: rowsOf(25), asked: { predict: count, batchRows: 10 } });
    expect(asked).toEqual([10, 10, 5, 10, 10, 5]);
  });

  const failed = new PlatformError('infer.model_failed', { message: 'no', details: { service: 'fraud', version: 0 } });
  it.each([
    ['fails on some of the rows', () => Promise.reject(failed), 'it fails on some of the rows'],
    [
      'gives one answer for all rows',
      () => predict([{ ...TENSOR, data: Float32Array.of(1, 2) }]),
      'one answer for each row',
    ],
  ])('is made without predictions where the model %s', async (_, late, reason) => {
    let calls = 0;
    const once: AskedModel['predict'] = (inputs) => {
      calls += 1;
      return calls === 2 ? late() : predict(inputs);
    };
    const { notes, written } = await make({ text: rowsOf(250), asked: { predict: once } });
    expect(notes).toEqual([expect.stringContaining(reason)]);
    expect(written.baseline.plan.columns.map(({ name }) => name)).toEqual(['amount', 'age']);
    expect(written.baseline.reference.rows).toBe(250);
  });

  it('passes on what refuses the model itself', async () => {
    const crash = new PlatformError('infer.model_crashed', {
      message: 'gone',
      details: { service: 'fraud', version: 0 },
    });
    const error = await caughtFrom(make({ text: rowsOf(5), asked: { predict: () => Promise.reject(crash) } }));
    expect(error.code).toBe('infer.model_crashed');
  });

  it.each([
    ['no rows', { text: 'amount,age\n' }, 'baseline.malformed'],
    ['a bad number', { text: 'amount,age\n1,2\n1,old\n' }, 'baseline.malformed'],
    ['times that go back', { text: 'at,amount,age\n2,1,1\n1,1,1\n', task: { time: 'at' } }, 'baseline.malformed'],
    ['columns of another model', { text: 'amount\n1\n' }, 'baseline.columns_mismatch'],
    [
      'another file than was meant',
      { text: rowsOf(3), task: { sha256: 'a'.repeat(64) } },
      'artifact.checksum_mismatch',
    ],
    ['no upload', { text: rowsOf(3), task: { uploadId: 'u2' } }, 'artifact.not_uploaded'],
    ['no time left', { text: rowsOf(300), msPerLook: 19_000 }, 'baseline.too_slow'],
  ])('fails for %s, and writes nothing', async (_, parts, code) => {
    expect((await caughtFrom(make(parts))).code).toBe(code);
  });
});

const TENSOR: Tensor = { name: 'x', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(1, 2) };
