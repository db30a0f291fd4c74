import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../core/contracts/api.ts';
import { synthesize } from '../lib/synthesize.ts';
import { getJson, postJson, register, sha256 } from '../support/api-calls.ts';
import {
  crashingModel,
  endlessModel,
  expandBomb,
  foldingBomb,
  int4OutputModel,
  irVersionModel,
  notOnnx,
  operatorModel,
  operatorSetModel,
  slowModel,
  tableModel,
  truncatedModel,
} from '../support/hostile-models.ts';
import { type KeelsonProcess, keelson, startKeelson } from '../support/keelson-process.ts';
import { offsetModel, offsetRequest } from '../support/offset-model.ts';
import { ELEMENT, externalTensor, node, onnxModel, tensorValue } from '../support/onnx-models.ts';
import { absentModels, modelNames, openModel } from '../support/shared-models.ts';

let folder: string;
let platform: KeelsonProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-admission-'));
  platform = await startKeelson(join(folder, 'data'), ['--no-examples', '--assembly', await synthesize(CONFIG)]);
  await register(platform.url, 'steady', offsetModel(1));
  await postJson(`${platform.url}/api/services/steady/rollouts`, { version: 1 });
});
afterAll(async () => {
  await platform.kill('SIGTERM');
  rmSync(folder, { recursive: true });
});

const CONFIG = {
  services: {
    steady: {},
    // No time for anything that needs ONNX Runtime to think, and no room for it.
    hasty: { admission: { maxLoadMs: 1 } },
    strict: { admission: { maxLatencyMs: 1 } },
    tiny: { admission: { maxMemoryMiB: 60 } },
    patient: { timeoutSeconds: 2 },
  },
};

const externalModel = (): Uint8Array =>
  onnxModel({
    inputs: [tensorValue('x', ELEMENT.FP32, [1])],
    outputs: [tensorValue('y', ELEMENT.FP32, [1])],
    initializers: [externalTensor({ dims: [1], entries: [['location', '../weights.bin']] })],
    nodes: [node('Add', { inputs: ['x', 'w'], outputs: ['y'] })],
  });

const refusals = [
  { what: 'is no ONNX', model: notOnnx, code: 'onnx.malformed' },
  { what: 'is cut off', model: truncatedModel, code: 'onnx.malformed' },
  { what: 'has its weights outside of its folder', model: externalModel, code: 'onnx.external_data_unsafe' },
  { what: 'answers int4', model: int4OutputModel, code: 'onnx.unsupported' },
  { what: 'needs a later operator set', model: () => operatorSetModel(27), code: 'onnx.unsupported' },
  { what: 'is of a later format', model: () => irVersionModel(14), code: 'onnx.unsupported' },
  { what: 'calls custom operators', model: () => operatorModel('Foo', 'my.ops'), code: 'onnx.unsupported' },
  { what: 'calls an operator that does not exist', model: () => operatorModel('Foo'), code: 'admission.load_failed' },
  { what: 'never ends', model: endlessModel, service: 'patient', code: 'admission.hangs' },
  { what: 'explodes while it is loaded', model: foldingBomb, code: 'admission.memory_exceeded' },
  { what: 'explodes while it answers', model: expandBomb, code: 'admission.memory_exceeded' },
  {
    what: 'takes more memory than is declared',
    model: () => offsetModel(2),
    service: 'tiny',
    code: 'admission.memory_exceeded',
  },
  {
    what: 'takes longer to load than is declared',
    model: () => offsetModel(3),
    service: 'hasty',
    code: 'admission.load_too_slow',
  },
  {
    what: 'takes longer to answer than is declared',
    model: slowModel,
    service: 'strict',
    code: 'admission.latency_exceeded',
  },
  // Other processors give a number: nothing is wrong there.
  ...(process.arch === 'x64' ? [{ what: 'ends its process', model: crashingModel, code: 'admission.crashes' }] : []),
];

describe('a hostile model', () => {
  it.each(refusals)('fails to be registered where it $what, and leaves nothing behind', async (refusal) => {
    const { model, code, service = 'hostile' } = refusal;
    const file = join(folder, 'model.onnx');
    writeFileSync(file, model());
    const { code: exitCode, stdout, stderr } = await keelson(platform.url, 'register', service, file);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).not.toMatch(/onnxruntime_src|\.cc\b|\.cpp|std::|\/tmp|\/var\/task|\bat \S+:\d+/);
    await expect(register(platform.url, service, model())).rejects.toThrow(`"code":"${code}"`);

    const { services } = await getJson<{ services: { service: string; latestVersion: number }[] }>(
      `${platform.url}/api/services`,
    );
    expect(services.filter(({ latestVersion }) => latestVersion > 0).map(({ service: name }) => name)).toEqual([
      'steady',
    ]);
    const answer = await fetch(`${platform.url}/v2/models/steady/infer`, offsetRequest(1));
    expect(answer.status).toBe(200);
  });
});

describe('a model that is tried out', () => {
  it('is answered for by others meanwhile, and the next one is admitted after it', async () => {
    const refused = expect(register(platform.url, 'patient', endlessModel())).rejects.toThrow('admission.hangs');
    const statuses = new Set<number>();
    for (let i = 0; i < 20; i += 1) {
      statuses.add((await fetch(`${platform.url}/v2/models/steady/infer`, offsetRequest(i))).status);
    }
    await refused;
    expect(statuses).toEqual(new Set([200]));
    expect(await register(platform.url, 'after', offsetModel(4))).toBe(1);
  });

  it('keeps what was measured with its version', async () => {
    const version = await register(platform.url, 'measured', tableModel(3));
    const { admission } = await getJson<ModelVersion>(`${platform.url}/api/services/measured/versions/${version}`);
    expect(admission).toEqual({
      loadMs: expect.any(Number),
      peakMiB: expect.any(Number),
      p99Ms: expect.any(Number),
      calls: expect.any(Number),
      rowsIndependent: true,
      budget: { memoryMiB: 1024, loadMs: 5000, latencyMs: 5000 },
    });
    const { stdout } = await keelson(platform.url, 'versions', 'measured');
    expect(stdout).toMatch(/LOAD +PEAK +P99/);
  });

  it('is refused and admitted by its content, whatever came before under its key', async () => {
    const again = async (bytes: Uint8Array, key: string) => {
      const upload = await postJson<{ uploadId: string; url: string }>(
        `${platform.url}/api/services/keyed/uploads`,
        {},
      );
      await fetch(upload.url, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
      const answer = await fetch(`${platform.url}/api/services/keyed/versions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ sha256: sha256(bytes) }),
      });
      return answer.status;
    };
    expect(await again(operatorModel('Foo'), 'k')).toBe(422);
    expect(await again(operatorModel('Foo'), 'k')).toBe(422);
    expect(await again(offsetModel(5), 'k')).toBe(201);
  });
});

describe.skipIf(absentModels)(`every model of ../shared/models${absentModels ? ` (${absentModels})` : ''}`, () => {
  it.each(modelNames)('%s is admitted, with its latency measured', async (name) => {
    const service = `good-${name}`;
    const version = await register(platform.url, service, openModel(name).uploaded);
    const { admission } = await getJson<ModelVersion>(`${platform.url}/api/services/${service}/versions/${version}`);
    expect(admission?.calls).toBeGreaterThan(0);
  });
});
