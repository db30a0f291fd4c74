import { describe, expect, it } from 'vitest';
import type { BaselineJob } from '../../../../core/contracts/baselines.ts';
import { baselineOf } from '../../../../core/contracts/object-keys.ts';
import { captureRecord } from '../../../../core/domain/capture/capture-record.ts';
import { planRedaction } from '../../../../core/domain/capture/redaction-plan.ts';
import { readBaseline } from '../../../../core/domain/drift/profile/baseline.ts';
import { fingerprintOf } from '../../../../core/domain/drift/profile/fingerprint.ts';
import { runBaseline } from '../../../../core/usecases/baselines/run-baseline.ts';
import { aSpokenPrediction } from '../../../support/a-prediction.ts';
import { aDraft } from '../../../support/a-version.ts';
import { memoryBaselineJobs } from '../../../support/memory-baseline-jobs.ts';
import { memoryBaselineStore } from '../../../support/memory-baseline-store.ts';
import { memoryModelRegistry } from '../../../support/memory-model-registry.ts';
import { memoryReopenedWindows, memoryWindowCounts } from '../../../support/memory-window-counts.ts';

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2026, 4, 1);
const TO = FROM + DAY_MS;
const NOW = TO + DAY_MS;
const RULES = { hash: [], drop: [] };
const MODEL = {
  signature: {
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 1] }],
    outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 1] }],
  },
  metadata: {},
} as const;
const iso = (ms: number) => new Date(ms).toISOString();

/** A captured request of `rows` rows. */
function line(atMs: number, { rows = 100, id = String(atMs), version = 1 } = {}): string {
  const values = Float32Array.from({ length: rows }, (_, i) => (i * 37) % 100);
  const inputs = [{ name: 'x', datatype: 'FP32' as const, shape: [rows, 1], data: values }];
  const outputs = [
    { name: 'y', datatype: 'FP32' as const, shape: [rows, 1], data: values.map((value) => value / 100) },
  ];
  const prediction = aSpokenPrediction({
    eventId: id,
    predictionId: id,
    atMs,
    model: { ...MODEL, service: 'fraud', version },
    inputs,
    outputs,
  });
  return captureRecord(prediction, planRedaction(RULES, MODEL), { pseudonym: () => '', limitBytes: 100_000 }).text;
}

const JOB: BaselineJob = {
  service: 'fraud',
  version: 1,
  id: 'b1',
  from: iso(FROM),
  to: iso(TO),
  state: 'PENDING',
  requestedAt: iso(NOW),
};
const TASK = { baseline: { service: 'fraud', version: 1, id: 'b1' }, time: iso(NOW) };

async function open(given: Readonly<Record<string, readonly string[]>>, { limitMs = 60_000, onPut = () => {} } = {}) {
  const objects = new Map(Object.entries(given));
  const registry = memoryModelRegistry();
  await registry.appendVersion({
    ...aDraft({ registeredAt: iso(FROM) }),
    signature: MODEL.signature,
    metadata: {},
  } as never);
  const store = memoryBaselineStore();
  const counts = memoryWindowCounts(() => NOW);
  const reopened = memoryReopenedWindows();
  const jobs = memoryBaselineJobs();
  await jobs.start(JOB, { abandonedMs: 0 });
  let clock = 0;
  const read: string[] = [];
  const run = runBaseline({
    registry,
    baselines: {
      put: async (folder, files) => {
        await store.put(folder, files);
        onPut();
      },
    },
    objects: {
      async *lines(key) {
        read.push(key);
        clock += 1_000;
        yield* objects.get(key) ?? [];
      },
      // Named by when they were delivered.
      keys: async (_, { fromMs, toMs }) =>
        [...objects.keys()].filter((key) => Number(key) >= fromMs && Number(key) <= toMs).toSorted(),
    },
    counts,
    reopened,
    jobs,
    services: { fraud: RULES },
    onFault: ({ error }) => {
      throw error;
    },
    monotonicMs: () => clock,
    limitMs,
  });
  const published = () => store.read(baselineOf('fraud', 1), 'profile.json');
  const countedRows = async (fromMs: number, toMs: number): Promise<number> => {
    const text = (await published()) as string;
    const { plan } = readBaseline(text);
    const key = { service: 'fraud', version: 1, baseline: fingerprintOf(text) };
    return (await counts.sum(key, { plan, fromMs, toMs })).tally.rows;
  };
  return { run, jobs, published, countedRows, objects, read, reopened };
}

const hours = (fromMs: number, count: number, parts = {}) =>
  Array.from({ length: count }, (_, i) => line(fromMs + i * 3_600_000, parts));

describe('a baseline of captures', () => {
  it('is made of the predictions of the span, and what came since is counted by it before anybody sees it', async () => {
    const { run, published, countedRows, jobs } = await open({
      [FROM + 1]: [line(FROM - 1), ...hours(FROM, 10)],
      [FROM + 2]: [...hours(FROM + 10 * 3_600_000, 10), line(FROM, { version: 2, id: 'another version' })],
      [TO + 1]: [line(TO - 1), ...hours(TO, 5)],
    });
    const job = await run(TASK);
    expect(job).toMatchObject({ state: 'READY', rows: 2_100, recounted: 1 });
    expect(await jobs.find('fraud', 1)).toEqual(job);
    expect(readBaseline((await published()) as string).reference.rows).toBe(2_100);
    expect(await countedRows(TO, NOW)).toBe(500);
  });

  it('also counts what was delivered while it was made, and opens its windows again', async () => {
    const late = NOW + 2;
    const opened = await open(
      { [FROM + 1]: hours(FROM, 20), [TO + 1]: hours(TO, 1) },
      { onPut: () => void opened.objects.set(String(late), [line(TO + 2 * 3_600_000)]) },
    );
    expect(await opened.run(TASK)).toMatchObject({ state: 'READY', recounted: 2 });
    expect(await opened.countedRows(TO, NOW)).toBe(200);
    expect(await opened.reopened.list({ service: 'fraud', version: 1 })).toHaveLength(1);
  });

  it('changes nothing when it is asked twice', async () => {
    const { run, countedRows, read } = await open({ [FROM + 1]: hours(FROM, 20), [TO + 1]: hours(TO, 2) });
    const first = await run(TASK);
    const reads = read.length;
    expect(await run(TASK)).toEqual(first);
    expect(read).toHaveLength(reads);
    expect(await countedRows(TO, NOW)).toBe(200);
  });

  it('leaves alone what was asked for since', async () => {
    const { run, published } = await open({ [FROM + 1]: hours(FROM, 20) });
    expect(await run({ ...TASK, baseline: { ...TASK.baseline, id: 'b0' } })).toEqual(JOB);
    expect(await published()).toBeUndefined();
  });

  it.each([
    ['no capture in the span', { [FROM + 1]: [line(FROM - 5)] }, 'baseline.no_captures', 'is among its captures'],
    ['no capture at all', {}, 'baseline.no_captures', 'is among its captures'],
    ['too few rows', { [FROM + 1]: [line(FROM)] }, 'baseline.too_few_rows', 'have 100 rows, a baseline needs 500'],
  ])('fails for %s, which the job tells, and leaves no baseline', async (_, given, code, message) => {
    const { run, published } = await open(given);
    expect(await run(TASK)).toMatchObject({
      state: 'FAILED',
      error: { code, message: expect.stringContaining(message) },
    });
    expect(await published()).toBeUndefined();
  });

  it('fails where there is not enough time, and leaves no baseline', async () => {
    const { run, published } = await open(
      { [FROM + 1]: hours(FROM, 10), [FROM + 2]: hours(FROM + 1, 10), [FROM + 3]: [] },
      { limitMs: 1_500 },
    );
    expect(await run(TASK)).toMatchObject({ state: 'FAILED', error: { code: 'baseline.too_slow' } });
    expect(await published()).toBeUndefined();
  });

  it('throws what passes, so that it is tried again', async () => {
    const opened = await open(
      { [FROM + 1]: hours(FROM, 20) },
      {
        onPut: () => {
          throw new Error('down');
        },
      },
    );
    await expect(opened.run(TASK)).rejects.toThrow('down');
    expect(await opened.jobs.find('fraud', 1)).toEqual(JOB);
  });
});
