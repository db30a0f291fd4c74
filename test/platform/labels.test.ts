import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeelsonClient } from '../../apps/client/index.ts';
import type { LabelInput } from '../../core/contracts/labels.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { synthesize } from '../lib/synthesize.ts';
import { postJson, register } from '../support/api-calls.ts';
import { offsetModel } from '../support/offset-model.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

let folder: string;
let platform: Platform;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-labels-'));
  const assembly = await synthesize({ services: { fraud: { capture: {} } } });
  platform = await startPlatform({ assembly, dataDirectory: join(folder, 'data') });
  const version = await register(platform.url, 'fraud', offsetModel(1));
  await postJson(`${platform.url}/api/services/fraud/rollouts`, { version });
}, 120_000);
afterAll(async () => {
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

const predict = (id: string) =>
  fetch(`${platform.url}/v2/models/fraud/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 1], data: [1] }] }),
  });

describe('labels of predictions that npm start serves', () => {
  it('are accepted as soon as the prediction is answered, counted once, and corrected by later ones', async () => {
    const client = createKeelsonClient({ url: platform.url });
    const ids = Array.from({ length: 60 }, (_, index) => `order-${index}`);
    for (const id of ids) expect((await predict(id)).status).toBe(200);
    const labels: LabelInput[] = ids.map((id, index) => ({ id, label: index % 2, at: '2026-06-01T12:00:00Z' }));
    // At once: the captures reach their bucket a minute later.
    expect(await client.label('fraud', labels)).toMatchObject({ received: 60, accepted: 60, unknown: 0 });
    const again = await client.label('fraud', [...labels, { id: 'never', label: 1 }]);
    expect(again).toMatchObject({ received: 61, accepted: 0, duplicate: 60, unknown: 1, unknownIds: ['never'] });
    const [first] = labels;
    const change = { id: first?.id ?? '', label: 1, at: '2026-06-02T12:00:00Z' };
    expect(await client.label('fraud', [change])).toMatchObject({ accepted: 1, corrected: 1 });
    expect(await client.label('fraud', labels.slice(0, 1))).toMatchObject({ accepted: 0, outdated: 1 });
  });

  it('find their predictions a month later, by the captures that were taken in', async () => {
    const client = createKeelsonClient({ url: platform.url });
    expect((await predict('long-ago')).status).toBe(200);
    const label: LabelInput[] = [{ id: 'long-ago', label: 0, at: '2026-06-01T12:00:00Z' }];
    expect(await client.label('fraud', label)).toMatchObject({ accepted: 1, unknown: 0 });
    await platform.advance(30 * DAY_MS);
    expect(await client.label('fraud', [...label, { id: 'order-7', label: 'x' }])).toMatchObject({
      accepted: 1,
      duplicate: 1,
      unknown: 0,
    });
    await platform.advance(61 * DAY_MS);
    expect(await client.label('fraud', label)).toMatchObject({ unknown: 1 });
  });
});
