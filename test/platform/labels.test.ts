import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoLabelStore } from '../../adapters/aws/dynamo-label-store.ts';
import { s3CaptureObjects } from '../../adapters/aws/s3-capture-objects.ts';
import { createKeelsonClient } from '../../apps/client/index.ts';
import type { LabelInput } from '../../core/contracts/labels.ts';
import { prepareModel } from '../../core/domain/onnx/prepare-model.ts';
import type { JoinedLabels } from '../../core/domain/performance/join-labels.ts';
import { windowPerformance } from '../../core/domain/performance/window-performance.ts';
import { createRandom } from '../../core/domain/training/random.ts';
import { joinCaptures } from '../../core/usecases/join-captures.ts';
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

  it('stand beside what was captured, and a window is measured by them', async () => {
    const client = createKeelsonClient({ url: platform.url });
    const fromMs = platform.clock.now();
    const ids = Array.from({ length: 40 }, (_, index) => `measured-${index}`);
    for (const id of ids) expect((await predict(id)).status).toBe(200);
    // The model adds one to one; it turns out to be two and a half, and of half of them nobody has heard yet.
    expect(
      await client.label(
        'fraud',
        ids.slice(0, 20).map((id) => ({ id, label: 2.5 })),
      ),
    ).toMatchObject({ accepted: 20 });
    const toMs = platform.clock.now();
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const place = (service: string) => ({
      endpoint: platform.endpoints[service] ?? '',
      region: 'us-east-1',
      credentials,
    });
    const bucketName = platform.outputs['Keelson.CaptureBucketName'] ?? '';
    const s3 = new S3Client(place('S3'));
    const dynamoDb = DynamoDBDocumentClient.from(new DynamoDBClient(place('DYNAMODB')));
    const join = joinCaptures({
      objects: s3CaptureObjects({ client: s3, bucketName }),
      labels: dynamoLabelStore({ client: dynamoDb, tableName: platform.outputs['Keelson.RegistryTableName'] ?? '' }),
    });
    const task = { kind: 'regression' } as const;
    const version = {
      service: 'fraud',
      version: 1,
      model: { signature: prepareModel(offsetModel(1)).signature, metadata: {} },
      rules: { hash: [], drop: [] },
      task,
      segments: ['x'],
    };
    let joined: JoinedLabels = { labelled: [], unlabelled: [] };
    const deliveredLabelled = async () => {
      // What a process still holds comes with a later object.
      await platform.advance(2 * 60_000);
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: bucketName, Prefix: 'captures/fraud/' }));
      const keys = (listed.Contents ?? []).map(({ Key = '' }) => Key);
      joined = await join(version, { keys, fromMs, toMs });
      return [joined.labelled.length, joined.unlabelled.length];
    };
    await expect.poll(deliveredLabelled, { timeout: 30_000, interval: 500 }).toEqual([20, 20]);
    s3.destroy();
    dynamoDb.destroy();
    const result = windowPerformance(joined, {
      task,
      random: createRandom(1),
      now: toMs,
      windowEndMs: toMs,
      labelDelayMs: DAY_MS,
    });
    expect(result.coverage).toMatchObject({ predictions: 40, labelled: 20, maturity: 'MATURING' });
    expect(result.measured['mean_absolute_error']).toEqual({ value: 0.5, lower: 0.5, upper: 0.5 });
    expect(joined.labelled[0]?.segments).toEqual({ x: 1 });
  });
});
