import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeOnnxModel } from '../../core/domain/onnx/encode-model.ts';
import { getJson, postJson, register } from '../support/api-calls.ts';
import { type KeelsonProcess, startKeelson } from '../support/keelson-process.ts';
import { offsetModel } from '../support/offset-model.ts';

const CONCURRENCY = 32;
const ROUNDS = 20;
const CONTEXT = 'CDK_CONTEXT_JSON';

/** `y = |x|`, which the executor does not have: onnxruntime serves it, in batches. */
const absoluteModel = (): Uint8Array =>
  encodeOnnxModel({
    name: 'absolute',
    inputs: [{ name: 'x', elementType: 'FLOAT', shape: ['N', 1] }],
    outputs: [{ name: 'y', elementType: 'FLOAT', shape: ['N', 1] }],
    constants: [],
    nodes: [{ operator: 'Abs', inputs: ['x'], outputs: ['y'] }],
    metadata: {},
  });

describe('a function that takes several requests at a time', () => {
  let folder: string;
  let platform: KeelsonProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-managed-'));
    process.env[CONTEXT] = JSON.stringify({ config: resolve('test/fixtures/managed.config.ts') });
    platform = await startKeelson(folder);
    expect(await register(platform.url, 'managed', absoluteModel())).toBe(1);
    expect(await register(platform.url, 'managed', offsetModel(1000))).toBe(2);
    await postJson(`${platform.url}/api/services/managed/rollouts`, { version: 1 });
  });
  afterAll(async () => {
    delete process.env[CONTEXT];
    await platform.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  });

  const post = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${platform.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    return {
      status: response.status,
      text: await response.text(),
      id: response.headers.get('x-keelson-prediction-id'),
    };
  };
  const tensor = (x: number) => JSON.stringify({ inputs: [{ name: 'x', shape: [1, 1], datatype: 'FP32', data: [x] }] });

  /** Requests of every kind; each knows its own answer from its number. */
  const KINDS: readonly ((x: number) => Promise<void>)[] = [
    async (x) => {
      const { text, id } = await post('/v2/models/managed/infer', tensor(-x), { 'x-keelson-prediction-id': `p${x}` });
      expect([JSON.parse(text).outputs[0].data, id]).toEqual([[x], `p${x}`]);
    },
    async (x) => {
      const { text } = await post('/v2/models/managed/versions/2/infer', tensor(x));
      expect(JSON.parse(text).outputs[0].data).toEqual([x + 1000]);
    },
    async (x) => {
      const { text } = await post('/endpoints/managed/invocations', `${-x}\n${-x - 1}\n`, {
        'content-type': 'text/csv',
      });
      expect(text).toContain(`${x}`);
      expect(text).toContain(`${x + 1}`);
    },
    async (x) => {
      const { text } = await post('/v1/models/managed:predict', JSON.stringify({ instances: [[-x]] }));
      expect(JSON.parse(text).predictions).toEqual([[x]]);
    },
    async (x) => {
      const { text } = await post('/models/managed/invocations', JSON.stringify({ inputs: { x: [[-x], [x]] } }));
      expect(JSON.parse(text).predictions).toEqual({ y: [[x], [x]] });
    },
    async (x) => {
      const { status, text } = await post('/v2/models/managed/infer', JSON.stringify({ inputs: [], id: `bad${x}` }));
      expect([status, JSON.parse(text).code]).toEqual([400, 'infer.input_missing']);
    },
  ];

  it('answers 32 mixed requests at a time in one process, each with its own', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const numbers = Array.from({ length: CONCURRENCY }, (_, index) => round * CONCURRENCY + index + 1);
      await Promise.all(numbers.map((x) => KINDS[x % KINDS.length]?.(x)));
    }
    const { model_stats: stats } = (await getJson(`${platform.url}/v2/models/managed/stats`)) as {
      model_stats: { inference_stats: { success: { count: number }; fail: { count: number } } }[];
    };
    // Every process counts for itself: were there a second one, this would know of a part only.
    const counted = stats.reduce((sum, { inference_stats: { success, fail } }) => sum + success.count + fail.count, 0);
    expect(counted).toBe(ROUNDS * CONCURRENCY);
  });
});
