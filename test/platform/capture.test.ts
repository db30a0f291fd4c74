import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureRecord } from '../../core/contracts/capture.ts';
import { isSampled } from '../../core/domain/capture/is-sampled.ts';
import { encodeOnnxModel } from '../../core/domain/onnx/encode-model.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { synthesize } from '../lib/synthesize.ts';
import { postJson, register } from '../support/api-calls.ts';
import { offsetModel } from '../support/offset-model.ts';

const CONFIG = {
  services: {
    fraud: { capture: {} },
    sampled: { capture: { samplingRate: 0.3 } },
    private: { capture: { hash: ['card'], drop: ['income'], subject: 'header:x-customer' } },
    features: { capture: { hash: ['iban'], subject: 'iban' } },
  },
};
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
/** Longer than Firehose buffers, by the clock of the platform. */
const BUFFER_MS = 61_000;
const POLL = { timeout: 30_000, interval: 250 };

let folder: string;
let platform: Platform;
let s3: S3Client;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-capture-'));
  platform = await startPlatform({ assembly: await synthesize(CONFIG), dataDirectory: join(folder, 'data') });
  s3 = new S3Client({ endpoint: platform.endpoints['S3'] ?? '', region: 'us-east-1', credentials: CREDENTIALS });
  const models = { fraud: offsetModel(1), sampled: offsetModel(1), private: privateModel(), features: featureModel() };
  for (const [service, bytes] of Object.entries(models)) {
    const version = await register(platform.url, service, bytes);
    await postJson(`${platform.url}/api/services/${service}/rollouts`, { version });
  }
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** `y` is `x` whatever the card and the income are. */
function privateModel(): Uint8Array {
  const tensor = (name: string) => ({ name, elementType: 'FLOAT' as const, shape: ['N', 1] });
  return encodeOnnxModel({
    name: 'private',
    inputs: ['card', 'income', 'x'].map(tensor),
    outputs: [tensor('y')],
    constants: [],
    nodes: [
      { operator: 'Add', inputs: ['card', 'income'], outputs: ['sum'] },
      { operator: 'Sub', inputs: ['sum', 'sum'], outputs: ['zero'] },
      { operator: 'Add', inputs: ['x', 'zero'], outputs: ['y'] },
    ],
    metadata: {},
  });
}

/** Named columns; the answer is all zeros. */
function featureModel(): Uint8Array {
  const tensor = (name: string) => ({ name, elementType: 'FLOAT' as const, shape: ['N', 2] });
  return encodeOnnxModel({
    name: 'features',
    inputs: [tensor('x')],
    outputs: [tensor('y')],
    constants: [],
    nodes: [{ operator: 'Sub', inputs: ['x', 'x'], outputs: ['y'] }],
    metadata: { feature_names: '["iban","amount"]' },
  });
}

const infer = async (service: string, body: object | string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${platform.url}/v2/models/${service}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return { text: await response.text(), id: response.headers.get('x-keelson-prediction-id') };
};

const tensor = (name: string, data: number[], shape = [data.length, 1]) => ({ name, shape, datatype: 'FP32', data });

interface Captured {
  readonly key: string;
  readonly record: CaptureRecord;
}

/** Everything that lies in the bucket for a service, each record checked against the contract. */
async function capturesOf(service: string): Promise<Captured[]> {
  const Bucket = platform.outputs['Keelson.CaptureBucketName'] ?? '';
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `captures/${service}/` }));
  const objects = Contents.map(async ({ Key = '' }) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const lines = ((await Body?.transformToString()) ?? '').split('\n').slice(0, -1);
    return lines.map((line) => ({ key: Key, record: CaptureRecord.parse(JSON.parse(line)) }));
  });
  return (await Promise.all(objects)).flat();
}

/** Waits until `count` captures of a service are in the bucket, moving the clock past Firehose's buffer. */
async function waitForCaptures(service: string, count: number): Promise<Captured[]> {
  await expect
    .poll(async () => {
      platform.clock.advance(BUFFER_MS);
      return (await capturesOf(service)).length;
    }, POLL)
    .toBe(count);
  return await capturesOf(service);
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The counters of all processes of a service, from their logs. */
function countersOf(service: string): Record<string, number> {
  const sums: Record<string, number> = {};
  const lines = filesBelow(join(folder, 'data', 'logs')).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  for (const line of lines.filter((each) => each.startsWith('{"_aws"'))) {
    const { service: name, captures } = JSON.parse(line) as { service: string; captures: Record<string, number> };
    if (name !== service) continue;
    for (const [counter, count] of Object.entries(captures)) sums[counter] = (sums[counter] ?? 0) + count;
  }
  return sums;
}

describe('captures', () => {
  it('show in S3 what was asked and answered, by service and hour, whatever the protocol', async () => {
    const asked = '{ "inputs": [{"name": "x", "shape": [2, 1], "datatype": "FP32", "data": [1.5, NaN]}] }';
    const open = await infer('fraud', asked);
    const pinned = await infer('fraud/versions/1', asked);
    const credentials = CREDENTIALS;
    const runtime = new SageMakerRuntimeClient({ endpoint: platform.url, region: 'us-east-1', credentials });
    const invoked = await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: 'fraud',
        ContentType: 'text/csv',
        InferenceId: 'order-17',
        Body: '1\n2\n',
      }),
    );
    runtime.destroy();
    const captures = await waitForCaptures('fraud', 3);
    for (const { key } of captures) {
      expect(key).toMatch(/^captures\/fraud\/\d{4}\/\d\d\/\d\d\/\d\d\/[^/]+\.jsonl$/);
    }
    const byRoute = new Map(captures.map(({ record }) => [record.keelson.route, record]));
    const first = byRoute.get('POST /v2/models/fraud/infer');
    expect(first?.captureData).toEqual({
      endpointInput: { observedContentType: 'application/json', mode: 'INPUT', data: asked, encoding: 'JSON' },
      endpointOutput: { observedContentType: 'application/json', mode: 'OUTPUT', data: open.text, encoding: 'JSON' },
    });
    expect(first?.eventMetadata.inferenceId).toBe(open.id);
    expect(first?.keelson).toMatchObject({ service: 'fraud', version: 1, variant: 'champion' });
    const second = byRoute.get('POST /v2/models/fraud/versions/1/infer');
    expect(second?.keelson.variant).toBe('pinned');
    expect(second?.captureData.endpointOutput.data).toBe(pinned.text);
    const third = byRoute.get('POST /endpoints/fraud/invocations');
    expect(third?.captureData).toEqual({
      endpointInput: { observedContentType: 'text/csv', mode: 'INPUT', data: '1\n2\n', encoding: 'CSV' },
      endpointOutput: {
        observedContentType: invoked.ContentType,
        mode: 'OUTPUT',
        data: Buffer.from(invoked.Body ?? []).toString(),
        encoding: 'CSV',
      },
    });
    expect(third?.eventMetadata.inferenceId).toBe('order-17');
  });

  it('are the sampled share of 1,000 predictions, and the counters of all processes balance', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `order-${index}`);
    const queue = [...ids];
    const client = async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        await infer('sampled', { id, inputs: [tensor('x', [1])] });
      }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    const expected = ids.filter((id) => isSampled(id, 0.3));
    const captures = await waitForCaptures('sampled', expected.length);
    expect(captures.map(({ record }) => record.eventMetadata.inferenceId).sort()).toEqual(expected.sort());
    expect(new Set(captures.map(({ record }) => record.eventMetadata.eventId)).size).toBe(expected.length);
    await expect.poll(() => countersOf('sampled')['served'], POLL).toBe(1_000);
    expect(countersOf('sampled')).toMatchObject({
      captured: expected.length,
      sampledOut: 1_000 - expected.length,
      spilled: 0,
      lost: 0,
      waiting: 0,
    });
  });

  it('hold hashes and gaps where a service declares them, and the clear values are nowhere on disk', async () => {
    const [card, income, customer, iban] = ['84120771', '93817263', 'customer-5520913', '71630927'];
    const inputs = [tensor('card', [Number(card)]), tensor('income', [Number(income)]), tensor('x', [7])];
    for (const id of ['one', 'two']) await infer('private', { id, inputs }, { 'x-customer': customer });
    await infer('features', { inputs: [tensor('x', [Number(iban), 12.5], [1, 2])] });
    const captures = await waitForCaptures('private', 2);
    const [one, two] = captures.map(({ record }) => {
      const { inputs: written } = JSON.parse(record.captureData.endpointInput.data);
      return { written, subject: record.keelson.subject };
    });
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(one?.written).toEqual([
      { name: 'card', datatype: 'FP32', shape: [1, 1], data: [hash] },
      { name: 'x', datatype: 'FP32', shape: [1, 1], data: [7] },
    ]);
    expect(one?.subject).toEqual(hash);
    // The same value has the same hash, so that captures can still be joined and counted, and erased by subject.
    expect(two).toEqual(one);
    const [feature] = await waitForCaptures('features', 1);
    const [x] = JSON.parse(feature?.record.captureData.endpointInput.data ?? '').inputs;
    expect(x).toMatchObject({ shape: [1, 2], data: [hash, 12.5] });
    for (const file of filesBelow(join(folder, 'data'))) {
      const bytes = readFileSync(file);
      for (const clear of [card, income, customer, iban])
        expect(bytes.includes(clear), `${clear} in ${file}`).toBe(false);
    }
  });
});
