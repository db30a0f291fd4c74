import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeelsonClient } from '../../apps/client/index.ts';
import type { ModelVersion } from '../../core/contracts/api.ts';
import { captureCounter } from '../../core/domain/capture/count-captures.ts';
import { readBaseline } from '../../core/domain/drift/profile/baseline.ts';
import { encodeOnnxModel } from '../../core/domain/onnx/encode-model.ts';
import { readConstraints, readStatistics } from '../../core/domain/quality/read-documents.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { synthesize } from '../lib/synthesize.ts';
import { postJson } from '../support/api-calls.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const BUFFER_MS = 61_000;
const POLL = { timeout: 30_000, interval: 250 };

let folder: string;
let platform: Platform;
let s3: S3Client;
let version: ModelVersion;

/** `y` is the sum of two features, which the model does not name. */
const sumModel = (): Uint8Array =>
  encodeOnnxModel({
    name: 'sum',
    inputs: [{ name: 'x', elementType: 'FLOAT', shape: ['N', 2] }],
    outputs: [{ name: 'y', elementType: 'FLOAT', shape: ['N', 1] }],
    constants: [{ name: 'ones', shape: [2, 1], values: Float32Array.of(1, 1) }],
    nodes: [{ operator: 'MatMul', inputs: ['x', 'ones'], outputs: ['y'] }],
    metadata: {},
  });

const ROWS = 1_000;
const csv = (rows: number) =>
  [
    'at,amount,age,label',
    ...Array.from({ length: rows }, (_, i) => `${1_780_000_000 + i},${i / 10},${20 + (i % 50)},${i % 2}`),
  ].join('\n');

const register = (data: string, baseline = {}) =>
  createKeelsonClient({ url: platform.url }).register('watched', sumModel(), {
    baseline: { source: new TextEncoder().encode(data), format: 'csv', time: 'at', ignore: ['label'], ...baseline },
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-baseline-'));
  const assembly = await synthesize({ services: { watched: { capture: {} } } });
  platform = await startPlatform({ assembly, dataDirectory: join(folder, 'data') });
  s3 = new S3Client({ endpoint: platform.endpoints['S3'] ?? '', region: 'us-east-1', credentials: CREDENTIALS });
  version = await register(csv(ROWS));
  await postJson(`${platform.url}/api/services/watched/rollouts`, { version: version.version });
}, 120_000);
afterAll(async () => {
  s3?.destroy();
  await platform?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function read(Bucket: string, Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}

const file = (name: string) =>
  read(platform.outputs['Keelson.ArtifactBucketName'] ?? '', `baselines/watched/1/${name}`);

describe('a version with a baseline', () => {
  it('has it where its number says, with the model’s own answers', async () => {
    expect(version.notes).toContain('the baseline is made of 1000 rows');
    const { plan, reference, history, featureNames } = readBaseline(await file('profile.json'));
    expect(featureNames).toEqual(['amount', 'age']);
    expect(plan.columns.map(({ name, role }) => `${role} ${name}`)).toEqual([
      'feature amount',
      'feature age',
      'prediction y',
    ]);
    expect(reference).toMatchObject({ rows: ROWS, columns: [{ min: 0 }, { min: 20, max: 69 }, { min: 20 }] });
    expect(history?.windows).toHaveLength(40);
    expect(history?.windows.at(-1)).toMatchObject({ toMs: (1_780_000_000 + ROWS - 1) * 1_000 });
    const statistics = readStatistics(await file('statistics.json'));
    expect(statistics.dataset.item_count).toBe(ROWS);
    expect(readConstraints(await file('constraints.json')).document.features.map(({ name }) => name)).toEqual([
      'amount',
      'age',
      'y',
    ]);
  });

  it('counts its captured predictions by it', async () => {
    const body = { inputs: [{ name: 'x', shape: [2, 2], datatype: 'FP32', data: [0.1, 20, 99, 69] }] };
    await postJson(`${platform.url}/v2/models/watched/infer`, body);
    await postJson(`${platform.url}/models/watched/invocations`, { instances: [{ x: [50, 45] }] });
    const { plan, reference, featureNames } = readBaseline(await file('profile.json'));
    const model = { ...version };
    const counted = {
      service: 'watched',
      version: 1,
      model,
      plan,
      reference,
      featureNames,
      rules: { hash: [], drop: [] },
    };
    const Bucket = platform.outputs['Keelson.CaptureBucketName'] ?? '';
    await expect
      .poll(async () => {
        platform.clock.advance(BUFFER_MS);
        const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'captures/watched/' }));
        const counter = captureCounter(counted, { windowMs: 3_600_000 });
        for (const { Key = '' } of Contents) {
          for (const line of (await read(Bucket, Key)).split('\n')) counter.addLine(line);
        }
        return counter.counts().map(({ profile, tally }) => ({ tally, columns: profile.columns }));
      }, POLL)
      .toEqual([
        {
          tally: expect.objectContaining({ records: 2, rows: 3, unreadable: 0 }),
          columns: [
            expect.objectContaining({ min: Math.fround(0.1), max: 99, missing: 0 }),
            expect.objectContaining({ min: 20, max: 69 }),
            expect.objectContaining({ max: 168 }),
          ],
        },
      ]);
  });

  it.each([
    ['a number that is none, naming row and column', 'at,amount,age,label\n1,2,old,0\n', {}, 'row 1, column \\"age\\"'],
    ['a quote that is not closed', 'at,amount,age,label\n1,2,"3,0\n', {}, 'row 2, column 3'],
    ['columns of another model', 'at,amount,label\n1,2,0\n', {}, 'the baseline does not fit the model'],
  ])('fails to be registered with %s', async (_, data, options, text) => {
    const failure = await register(data, options).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(String((failure as Error).message)).toContain(text.replaceAll('\\"', '"'));
    expect((failure as { status?: number }).status).toBe(400);
    const { versions } = (await (await fetch(`${platform.url}/api/services/watched/versions`)).json()) as {
      versions: object[];
    };
    expect(versions).toHaveLength(1);
  });
});
