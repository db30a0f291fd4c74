import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeelsonClient } from '../../apps/client/index.ts';
import { encodeOnnxModel } from '../../core/domain/onnx/encode-model.ts';
import { createRandom } from '../../core/domain/training/random.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { synthesize } from '../lib/synthesize.ts';
import { postJson } from '../support/api-calls.ts';
import { onlyJson, runKeelson } from '../support/run-cli.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const ROWS = 600;

let folder: string;
let platform: Platform;
let startMs: number;
const random = createRandom(5);

/** `y` is twice `x`. */
const doubleModel = (): Uint8Array =>
  encodeOnnxModel({
    name: 'double',
    inputs: [{ name: 'x', elementType: 'FLOAT', shape: ['N', 1] }],
    outputs: [{ name: 'y', elementType: 'FLOAT', shape: ['N', 1] }],
    constants: [{ name: 'two', shape: [1, 1], values: Float32Array.of(2) }],
    nodes: [{ operator: 'MatMul', inputs: ['x', 'two'], outputs: ['y'] }],
    metadata: { feature_names: '["amount"]' },
  });

const toNextHour = () => platform.advance(HOUR_MS - (platform.clock.now() % HOUR_MS) + 1_000);
const client = () => createKeelsonClient({ url: platform.url });
const iso = (ms: number) => new Date(ms).toISOString();

/** An hour of traffic, in `requests` requests, until it is delivered. */
async function anHour({ requests = 1, shift = 0 } = {}) {
  await toNextHour();
  for (let i = 0; i < requests; i += 1) {
    const data = Array.from({ length: ROWS }, () => random.uniform() + random.uniform() + shift);
    await postJson(`${platform.url}/v2/models/payments/infer`, {
      inputs: [{ name: 'x', shape: [ROWS, 1], datatype: 'FP32', data }],
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  // What the process held back is delivered with the next request.
  await fetch(`${platform.url}/v2/models/payments/ready`);
  for (let i = 0; i < 3; i += 1) await platform.advance(MINUTE_MS);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-baseline-'));
  const assembly = await synthesize({ services: { payments: { capture: {}, monitor: {} } } });
  platform = await startPlatform({ assembly, dataDirectory: join(folder, 'data') });
  await toNextHour();
  startMs = platform.clock.now();
  const { version } = await client().register('payments', doubleModel());
  await postJson(`${platform.url}/api/services/payments/rollouts`, { version });
  await anHour({ requests: 30 });
  await anHour({ requests: 10 });
}, 120_000);
afterAll(async () => {
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a version without a training set', () => {
  it('is not evaluated, and what to do is said', async () => {
    await toNextHour();
    const { windows, notes } = await client().windows('payments');
    expect(windows).toEqual([]);
    expect(notes.join('\n')).toContain('keelson baseline payments 1');
  });

  it('is compared with its own traffic, once it is told which: what came since is counted, too', async () => {
    await anHour({ requests: 1 });
    const to = iso(Math.floor(platform.clock.now() / HOUR_MS) * HOUR_MS);
    const args = ['baseline', 'payments', '1', '--from', iso(startMs - HOUR_MS), '--to', to, '--json'];
    const { code, stdout, stderr } = await runKeelson(args, { env: { KEELSON_URL: platform.url } });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(onlyJson(stdout)).toMatchObject({ state: 'READY', rows: 40 * ROWS, version: 1 });
    await toNextHour();
    for (let i = 0; i < 6; i += 1) await platform.advance(MINUTE_MS);
    const { windows } = await client().windows('payments', { series: 'window' });
    expect(windows.map(({ rows, state }) => ({ rows, state }))).toEqual([{ rows: ROWS, state: 'OK' }]);
  });

  it('then has its drift told, counted by that baseline as it arrives', async () => {
    await anHour({ shift: 0.6 });
    await toNextHour();
    for (let i = 0; i < 6; i += 1) await platform.advance(MINUTE_MS);
    const [newest] = (await client().windows('payments', { series: 'window' })).windows;
    expect(newest).toMatchObject({ rows: ROWS, state: 'SUSPECT' });
    expect(newest?.moved.map(({ column }) => column)).toContain('amount');
  });

  it('begins anew with another baseline, where that is asked for', async () => {
    const to = iso(Math.floor(platform.clock.now() / HOUR_MS) * HOUR_MS);
    const span = { from: iso(startMs - HOUR_MS), to };
    await expect(client().makeBaseline('payments', 1, span)).rejects.toMatchObject({ code: 'baseline.exists' });
    const args = ['baseline', 'payments', '1', '--from', span.from, '--to', span.to, '--replace', '--json'];
    const { stdout } = await runKeelson(args, { env: { KEELSON_URL: platform.url } });
    expect(onlyJson(stdout)).toMatchObject({ state: 'READY', rows: 42 * ROWS });
    await anHour();
    await toNextHour();
    for (let i = 0; i < 6; i += 1) await platform.advance(MINUTE_MS);
    const [newest] = (await client().windows('payments', { series: 'window' })).windows;
    expect(newest).toMatchObject({ rows: ROWS, state: 'OK' });
    expect((await client().window('payments', newest?.id ?? '')).baseline.rows).toBe(42 * ROWS);
  });

  it('fails where nothing was captured, and says so', async () => {
    const args = ['baseline', 'payments', '1', '--from', '2020-01-01', '--to', '2020-02-01', '--replace'];
    const { code, stderr } = await runKeelson(args, { env: { KEELSON_URL: platform.url } });
    expect(code).toBe(1);
    expect(stderr).toContain('no prediction of version 1 of payments');
    expect(stderr).toContain('baseline.no_captures');
  });
});
