import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeelsonClient } from '../../apps/client/index.ts';
import { WindowList, WindowReport } from '../../core/contracts/windows.ts';
import { encodeOnnxModel } from '../../core/domain/onnx/encode-model.ts';
import { createRandom } from '../../core/domain/training/random.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { synthesize } from '../lib/synthesize.ts';
import { postJson } from '../support/api-calls.ts';
import { hasPrometheus, scrape } from '../support/prometheus.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const ROWS = 600;

let folder: string;
let platform: Platform;
const random = createRandom(11);

/** `y` is the sum of two features. */
const sumModel = (): Uint8Array =>
  encodeOnnxModel({
    name: 'sum',
    inputs: [{ name: 'x', elementType: 'FLOAT', shape: ['N', 2] }],
    outputs: [{ name: 'y', elementType: 'FLOAT', shape: ['N', 1] }],
    constants: [{ name: 'ones', shape: [2, 1], values: Float32Array.of(1, 1) }],
    nodes: [{ operator: 'MatMul', inputs: ['x', 'ones'], outputs: ['y'] }],
    metadata: { feature_names: '["amount","age"]' },
  });

const amount = () => random.uniform() + random.uniform();
const aRow = (shift = 0): [number, number] => [amount() + shift, 20 + Math.floor(50 * random.uniform())];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-monitor-'));
  const assembly = await synthesize({
    services: { payments: { capture: {}, monitor: { task: { kind: 'regression' }, labelDelayHours: 1 } } },
  });
  platform = await startPlatform({ assembly, dataDirectory: join(folder, 'data') });
  await toNextHour();
  const rows = Array.from({ length: 30_000 }, () => aRow().join(','));
  const version = await createKeelsonClient({ url: platform.url }).register('payments', sumModel(), {
    baseline: { source: new TextEncoder().encode(`amount,age\n${rows.join('\n')}`), format: 'csv' },
    metrics: { mean_absolute_error: 0.01 },
  });
  await postJson(`${platform.url}/api/services/payments/rollouts`, { version: version.version });
}, 120_000);
afterAll(async () => {
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

const toNextHour = () => platform.advance(HOUR_MS - (platform.clock.now() % HOUR_MS) + 1_000);

const get = async (path: string) => (await fetch(`${platform.url}/api/services/payments/windows${path}`)).json();
const list = async (query = '') => WindowList.parse(await get(query));
const report = async (id: string) => WindowReport.parse(await get(`/${id}`));

/** One hour of traffic, and the minutes until it is evaluated. */
async function anHour({ shift = 0, rows = ROWS, id = 'hour' } = {}) {
  await toNextHour();
  const data = Array.from({ length: rows }, () => aRow(shift)).flat();
  if (rows > 0) {
    const body = { id, inputs: [{ name: 'x', shape: [rows, 2], datatype: 'FP32', data }] };
    await postJson(`${platform.url}/v2/models/payments/infer`, body);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    // What the process held back is delivered with the next request.
    await fetch(`${platform.url}/v2/models/payments/ready`);
    for (let i = 0; i < 3; i += 1) await platform.advance(MINUTE_MS);
  }
  const from = new Date(Math.floor(platform.clock.now() / HOUR_MS) * HOUR_MS).toISOString();
  await toNextHour();
  for (let i = 0; i < 6; i += 1) await platform.advance(MINUTE_MS);
  const found = (await list('?series=window&limit=200')).windows.find((window) => window.from === from);
  return found;
}

describe('a monitored service', () => {
  it('says that its windows are unremarkable while they are', async () => {
    const hour = await anHour();
    expect(hour).toMatchObject({ state: 'OK', rows: ROWS, series: 'window', revision: 1, calibration: 'CALIBRATED' });
    const full = await report(hour?.id ?? '');
    expect(full.columns.map(({ column }) => column).toSorted()).toEqual(['age', 'amount', 'y', null].toSorted());
    expect(full.tally).toMatchObject({ records: 1, rows: ROWS });
    expect(full.expectedFalseAlarms.perWindow).toBeLessThan(0.03);
    expect(full.performanceReport?.state).toBe('NO_LABELS');
  });

  it('names what moved, suspects at first, and calls it drift when the next window agrees', async () => {
    const first = await anHour({ shift: 0.4 });
    expect(first).toMatchObject({ state: 'SUSPECT', breached: true });
    expect(first?.moved.map(({ column }) => column)).toContain('amount');
    const second = await anHour({ shift: 0.4, id: 'drifted' });
    expect(second).toMatchObject({ state: 'DRIFT', confirmed: true, since: first?.from });
    expect(second?.sentence).toMatch(/^DRIFT: .*amount/);
  });

  it('never takes silence for well-being', async () => {
    const silent = await anHour({ rows: 0 });
    expect(silent).toMatchObject({ rows: 0 });
    expect(silent?.state).not.toBe('OK');
  });

  it('looks again at a window whose labels came later', async () => {
    const [drifted] = (await list('?series=window&limit=200')).windows
      .filter(({ state }) => state === 'DRIFT')
      .slice(-1);
    const client = createKeelsonClient({ url: platform.url });
    await client.label(
      'payments',
      Array.from({ length: ROWS }, (_, row) => ({ id: 'drifted', row, label: 1_000 })),
    );
    await toNextHour();
    for (let i = 0; i < 6; i += 1) await platform.advance(MINUTE_MS);
    const again = await report(drifted?.id ?? '');
    expect(again).toMatchObject({
      revision: 2,
      reopened: { reason: 'LABELS' },
      performance: 'WORSE',
      labelCoverage: 1,
      state: drifted?.state,
    });
    expect(
      await (await fetch(`${platform.url}/api/services/payments/windows/${drifted?.id}?revision=1`)).json(),
    ).toMatchObject({ revision: 1, performance: 'NO_LABELS' });
  });

  it('adds hours up to days', async () => {
    for (let i = 0; i < 26; i += 1) await toNextHour();
    const [day] = (await list('?series=day')).windows.slice(-1);
    expect(day?.rows).toBeGreaterThan(0);
    expect(day?.rows).toBe(
      (await list('?series=window&limit=200')).windows
        .filter(({ from, to }) => from >= (day?.from ?? '') && to <= (day?.to ?? ''))
        .reduce((sum, { rows }) => sum + rows, 0),
    );
  });

  it('has the report of a window as a page, for who asks for one', async () => {
    const [newest] = (await list('?limit=1')).windows;
    const url = `${platform.url}/api/services/payments/windows/${newest?.id}`;
    const asked = await fetch(url, { headers: { accept: 'text/html,application/xhtml+xml' } });
    expect(asked.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(asked.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await asked.text();
    expect(html).toContain(`Window ${newest?.id}, revision ${newest?.revision}`);
    expect(await (await fetch(`${url}?format=html`)).text()).toBe(html);
    expect(await createKeelsonClient({ url: platform.url }).windowPage('payments', newest?.id ?? '')).toBe(html);
  });

  it.skipIf(!hasPrometheus)('is scraped by Prometheus (skipped where it is not installed)', async () => {
    const scraped = await scrape(platform.url, join(folder, 'prometheus'), 'keelson_window_rows');
    expect(scraped).toMatchObject([{ metric: { service: 'payments', version: '1' } }]);
    const [newest] = (await list('?series=window&limit=1')).windows;
    expect(scraped[0]?.value[1]).toBe(String(newest?.rows));
  });

  it.each([
    ['an unknown window', '/1.window.20200101T0000Z', 404],
    ['what is no id', '/hello', 404],
    ['an unknown series', '?series=month', 400],
    ['a limit of none', '?limit=0', 400],
  ])('fails for %s', async (_, path, status) => {
    expect((await fetch(`${platform.url}/api/services/payments/windows${path}`)).status).toBe(status);
  });
});
