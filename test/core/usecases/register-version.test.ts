import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RegisterRequest } from '../../../core/contracts/api.ts';
import type { Idempotency, ModelRegistry } from '../../../core/ports/model-registry.ts';
import { registerVersion } from '../../../core/usecases/register-version.ts';
import { caughtFrom } from '../../support/caught.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { memoryArtifactStore } from '../../support/memory-artifact-store.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';
import {
  ELEMENT,
  identityModel,
  onnxModel,
  tensorValue,
  textsAttribute,
  zipMapModel,
} from '../../support/onnx-models.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const MODEL = identityModel(ELEMENT.FP32, ['N', 2]);
const HASH = sha256(MODEL);
const KEY: Idempotency = { key: 'k', fingerprint: 'f', expiresAt: 1 };

function open(change: (registry: ModelRegistry) => Partial<ModelRegistry> = () => ({})) {
  const artifacts = memoryArtifactStore();
  const stored = memoryModelRegistry();
  const registry = { ...stored, ...change(stored) };
  const register = (request: Partial<RegisterRequest> = {}, idempotency?: Idempotency) =>
    registerVersion({ artifacts, registry, sha256 })(
      'fraud',
      { sha256: HASH, ...request },
      { now: EVENT_TIME, idempotency },
    );
  return { artifacts, registry, register };
}

/** With a model that waits to be registered as `u1`. */
function uploaded(bytes = MODEL) {
  const made = open();
  made.artifacts.upload('fraud', 'u1', bytes);
  return made;
}

describe('registerVersion', () => {
  it('makes a version of an upload, with what the file says of itself', async () => {
    const { artifacts, registry, register } = uploaded();
    const version = await register({
      uploadId: 'u1',
      metrics: { auc: 0.9 },
      lineage: { codeCommit: 'abc' },
      baseline: 'baselines/x',
    });
    expect(version).toEqual({
      service: 'fraud',
      version: 1,
      sha256: HASH,
      bytes: MODEL.length,
      artifact: { sha256: HASH, bytes: MODEL.length, key: `artifacts/sha256/${HASH}` },
      signature: {
        inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 2] }],
        outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 2] }],
      },
      metadata: { ir_version: '8', producer_name: 'test', opset_import: 'ai.onnx 17, ai.onnx.ml 3' },
      metrics: { auc: 0.9 },
      lineage: { codeCommit: 'abc' },
      baseline: 'baselines/x',
      notes: [],
      registeredAt: '2026-06-01T12:00:00.000Z',
    });
    expect(await registry.findVersion('fraud', 1)).toEqual(version);
    expect(await artifacts.readArtifact(HASH)).toBe(MODEL);
    expect(artifacts.waitingUploads('fraud')).toEqual([]);
  });

  it('finds the upload among those that wait, by its content', async () => {
    const { artifacts, register } = uploaded();
    artifacts.upload('fraud', 'other', identityModel(ELEMENT.INT64, ['N']));
    artifacts.upload('elsewhere', 'u2', MODEL);
    expect(await register()).toMatchObject({ version: 1, sha256: HASH });
    expect(artifacts.waitingUploads('fraud')).toEqual(['other']);
    expect(artifacts.waitingUploads('elsewhere')).toEqual(['u2']);
  });

  it('serves a rewritten graph and keeps the file as it was uploaded', async () => {
    const model = zipMapModel(['p'], textsAttribute('classlabels_strings', ['no', 'yes']));
    const { artifacts, register } = uploaded(model);
    const version = await register({ sha256: sha256(model) });
    expect(version.sha256).toBe(sha256(model));
    expect(version.bytes).toBe(model.length);
    expect(version.artifact.sha256).not.toBe(version.sha256);
    expect(version.classLabels).toEqual({ p: ['no', 'yes'] });
    expect(version.notes).toEqual([expect.stringContaining('ZipMap removed')]);
    expect(artifacts.artifactHashes()).toEqual([version.sha256, version.artifact.sha256]);
    expect((await artifacts.readArtifact(version.artifact.sha256)).length).toBe(version.artifact.bytes);
  });

  it('takes corrections of dimensions', async () => {
    const { register } = uploaded();
    const { signature } = await register({ signature: { x: { shape: ['rows', 2] }, y: { shape: [null, null] } } });
    expect([signature.inputs[0]?.shape, signature.outputs[0]?.shape]).toEqual([
      ['rows', 2],
      [null, null],
    ]);
  });

  it('takes a shape for a tensor whose number of dimensions the file leaves open', async () => {
    const model = identityModel(ELEMENT.FP32);
    const { register } = uploaded(model);
    const { signature } = await register({ sha256: sha256(model), signature: { x: { shape: ['N', 3] } } });
    expect(signature).toEqual({
      inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 3] }],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [], anyRank: true }],
    });
  });

  it('takes a tensor that is called like a method of every object', async () => {
    const model = onnxModel({
      inputs: [tensorValue('constructor', ELEMENT.FP32, ['N'])],
      outputs: [tensorValue('toString', ELEMENT.FP32, ['N'])],
    });
    const { register } = uploaded(model);
    const { signature } = await register({ sha256: sha256(model) });
    expect(signature.inputs).toEqual([{ name: 'constructor', datatype: 'FP32', shape: ['N'] }]);
  });

  it.each([
    {
      what: 'another content than was announced',
      request: { uploadId: 'u1', sha256: 'b'.repeat(64) },
      code: 'artifact.checksum_mismatch',
    },
    { what: 'an upload that was never made', request: { uploadId: 'u9' }, code: 'artifact.not_uploaded' },
    { what: 'a hash that no waiting upload has', request: { sha256: 'b'.repeat(64) }, code: 'artifact.not_uploaded' },
    {
      what: 'a correction of an unknown tensor',
      request: { signature: { z: { shape: [1] } } },
      code: 'request.invalid',
    },
    {
      what: 'a correction of the number of dimensions',
      request: { signature: { x: { shape: [1] } } },
      code: 'request.invalid',
    },
  ] as const)('fails for $what, and makes no version', async ({ request, code }) => {
    const { artifacts, registry, register } = uploaded();
    expect((await caughtFrom(register(request as Partial<RegisterRequest>))).code).toBe(code);
    expect(await registry.findService('fraud')).toBeUndefined();
    expect(artifacts.artifactHashes()).toEqual([]);
    expect(artifacts.waitingUploads('fraud')).toEqual(['u1']);
  });

  it('names every wrong correction at once', async () => {
    const { register } = uploaded();
    const error = await caughtFrom(register({ signature: { z: { shape: [] }, x: { shape: [] } } }));
    expect(error.details).toEqual({
      problems: ['signature: the model has no tensor "z"', 'signature: "x" has 2 dimensions, got 0'],
    });
  });

  it.each([
    { what: 'is not ONNX', bytes: new TextEncoder().encode('not a model'), code: 'onnx.malformed' },
    { what: 'cannot be served', bytes: identityModel(ELEMENT.bfloat16, ['N']), code: 'onnx.unsupported' },
    {
      what: 'has more metadata than a record takes',
      bytes: onnxModel({ outputs: [tensorValue('y', ELEMENT.FP32, [])], metadata: { text: 'é'.repeat(200_000) } }),
      code: 'onnx.unsupported',
    },
  ])('fails for a file that $what, and stores nothing', async ({ bytes, code }) => {
    const { artifacts, registry, register } = uploaded(bytes);
    expect((await caughtFrom(register({ sha256: sha256(bytes) }))).code).toBe(code);
    expect(await registry.findService('fraud')).toBeUndefined();
    expect(artifacts.artifactHashes()).toEqual([]);
  });

  it('leaves no version when the registry fails, and the upload for another try', async () => {
    const failing = open(() => ({ appendVersion: () => Promise.reject(new Error('down')) }));
    failing.artifacts.upload('fraud', 'u1', MODEL);
    await expect(failing.register()).rejects.toThrow('down');
    expect(failing.artifacts.waitingUploads('fraud')).toEqual(['u1']);
    expect(failing.artifacts.artifactHashes()).toEqual([HASH]);
  });

  it('answers the same request again with the same version', async () => {
    const { registry, register } = uploaded();
    const first = await register({ uploadId: 'u1' }, KEY);
    expect(await register({ uploadId: 'u1' }, KEY)).toEqual(first);
    expect(await registry.listVersions('fraud')).toHaveLength(1);
  });

  it('answers a request that was raced by its own repeat, which has taken the upload away', async () => {
    const { artifacts, registry, register } = uploaded();
    const read = artifacts.readUpload;
    let first: Promise<unknown> | undefined;
    artifacts.readUpload = async (...parameters) => {
      artifacts.readUpload = read;
      first = register({ uploadId: 'u1' }, KEY);
      await first;
      return read(...parameters);
    };
    const second = await register({ uploadId: 'u1' }, KEY);
    expect(await first).toEqual(second);
    expect(await registry.listVersions('fraud')).toHaveLength(1);
  });

  it('fails for a key that was used with another request', async () => {
    const { register } = uploaded();
    await register({}, KEY);
    expect((await caughtFrom(register({}, { ...KEY, fingerprint: 'g' }))).code).toBe('registry.idempotency_mismatch');
  });

  it.each([
    {
      title: 'keeps what the verifier found',
      verify: async () => ({ name: 'typescript', rows: 512, maxDifference: 0 }) as const,
      executor: { name: 'typescript', rows: 512, maxDifference: 0 },
    },
    {
      title: 'registers without a verdict where the verifier fails, and tells of it',
      verify: () => Promise.reject(new Error('throttled')),
      executor: undefined,
      fault: 'throttled',
    },
  ])('$title', async ({ verify, executor, fault }) => {
    const { artifacts, registry } = uploaded();
    const faults: unknown[] = [];
    const onFault = ({ error }: { error: unknown }) => void faults.push((error as Error).message);
    const register = registerVersion({ artifacts, registry, sha256, verifier: { verify }, onFault });
    const version = await register('fraud', { sha256: HASH }, { now: EVENT_TIME });
    expect(version.executor).toEqual(executor);
    expect(faults).toEqual(fault === undefined ? [] : [fault]);
  });

  it('does not ask the verifier for what the executor cannot run', async () => {
    const bytes = identityModel(ELEMENT.FP32);
    const { artifacts, registry } = uploaded(bytes);
    const verify = () => Promise.reject(new Error('asked'));
    const register = registerVersion({ artifacts, registry, sha256, verifier: { verify } });
    const version = await register('fraud', { sha256: sha256(bytes) }, { now: EVENT_TIME });
    expect(version.executor).toEqual({ name: 'onnxruntime', reason: 'an input of any number of dimensions' });
  });
});
