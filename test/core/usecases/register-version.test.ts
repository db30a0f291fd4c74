import { createHash as createNodeHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RegisterRequest } from '../../../core/contracts/api.ts';
import { ARTIFACT_LIMIT_BYTES, REGISTRATION_LIMIT_MS } from '../../../core/contracts/limits.ts';
import { admissionUnavailable, hangs } from '../../../core/domain/admission/refusals.ts';
import type { Idempotency, ModelRegistry } from '../../../core/ports/model-registry.ts';
import { registerVersion } from '../../../core/usecases/register-version.ts';
import { caughtFrom } from '../../support/caught.ts';
import { A_BUDGET, anAdmittedModel, fakeAdmission } from '../../support/fake-admission.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { memoryArtifactStore } from '../../support/memory-artifact-store.ts';
import { memoryBaselineStore } from '../../support/memory-baseline-store.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';
import {
  ELEMENT,
  externalTensor,
  identityModel,
  node,
  onnxModel,
  rawTensor,
  tensorValue,
  textsAttribute,
  zipMapModel,
} from '../../support/onnx-models.ts';
import { runAddition } from '../../support/run-onnx.ts';
import { createHash } from '../../support/running-hash.ts';

const sha256 = (bytes: Uint8Array) => createNodeHash('sha256').update(bytes).digest('hex');
const MODEL = identityModel(ELEMENT.FP32, ['N', 2]);
const HASH = sha256(MODEL);
const KEY: Idempotency = { key: 'k', fingerprint: 'f', expiresAt: 1 };

function open(change: (registry: ModelRegistry) => Partial<ModelRegistry> = () => ({})) {
  const artifacts = memoryArtifactStore();
  const stored = memoryModelRegistry();
  const registry = { ...stored, ...change(stored) };
  const admission = fakeAdmission();
  let elapsedMs = 0;
  /** Between two looks at the clock. */
  let passingMs = 0;
  const baselines = memoryBaselineStore();
  const registration = registerVersion({
    artifacts,
    baselines,
    registry,
    admission,
    budgetOf: (service) => ({ ...A_BUDGET, memoryMiB: service.length }),
    monotonicMs: () => {
      elapsedMs += passingMs;
      return elapsedMs;
    },
    createHash,
  });
  const register = (request: Partial<RegisterRequest> = {}, idempotency?: Idempotency) =>
    registration('fraud', { sha256: HASH, ...request }, { now: EVENT_TIME, idempotency });
  const spend = (ms: number) => {
    passingMs = ms;
  };
  return { artifacts, baselines, registry, admission, register, spend };
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
      admission: anAdmittedModel().admission,
      executor: anAdmittedModel().executor,
      notes: [],
      registeredAt: '2026-06-01T12:00:00.000Z',
    });
    expect(await registry.findVersion('fraud', 1)).toEqual(version);
    expect(await artifacts.readArtifact(HASH)).toBe(MODEL);
    expect(artifacts.waitingUploads('fraud')).toEqual([]);
  });

  const DATASET = { uploadId: 'd1', sha256: 'd'.repeat(64), format: 'csv', order: 'time' } as const;

  /** Whose admission writes the baseline that it is asked for. */
  function withBaseline() {
    const made = uploaded();
    made.artifacts.upload('fraud', 'd1', new Uint8Array(3));
    made.admission.answer = async ({ baseline }) => {
      const files = { 'profile.json': 'p', 'statistics.json': 's', 'constraints.json': 'c' };
      await made.baselines.put(baseline?.folder ?? 'nowhere', files);
      return anAdmittedModel({ notes: ['the baseline is made of 3 rows'] });
    };
    return made;
  }

  it('has a baseline made of an uploaded data set before there is a version, and puts it where the version’s number says', async () => {
    const { artifacts, admission, baselines, register } = withBaseline();
    const version = await register({ uploadId: 'u1', baseline: DATASET });
    const [task] = admission.tasks;
    expect(task?.baseline).toEqual({ ...DATASET, folder: version.baseline, metadata: {} });
    expect(version.baseline).toMatch(/^baselines\/fraud\/sha256\/[0-9a-f]{64}\/$/);
    expect(version.notes).toEqual(['the baseline is made of 3 rows']);
    expect(baselines.folders()).toEqual([version.baseline, 'baselines/fraud/1/']);
    expect(artifacts.waitingUploads('fraud')).toEqual([]);
  });

  it('makes up for a baseline that did not get to its place when the same request comes again', async () => {
    const { baselines, register } = withBaseline();
    const copy = baselines.copy;
    baselines.copy = () => Promise.reject(new Error('the store went away'));
    await expect(register({ uploadId: 'u1', baseline: DATASET }, KEY)).rejects.toThrow('went away');
    baselines.copy = copy;
    expect(await register({ uploadId: 'u1', baseline: DATASET }, KEY)).toMatchObject({ version: 1 });
    expect(baselines.folders()).toContain('baselines/fraud/1/');
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

  it('asks for every model whether the service has room for it, with its budget and the time that is left', async () => {
    const { admission, register, spend } = uploaded();
    spend(1_500);
    await register();
    expect(admission.tasks).toEqual([
      {
        service: 'fraud',
        sha256: HASH,
        signature: {
          inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 2] }],
          outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 2] }],
        },
        budget: { ...A_BUDGET, memoryMiB: 5 },
      },
    ]);
    expect(admission.withinMs).toEqual([REGISTRATION_LIMIT_MS - 1_500]);
  });

  it('keeps what was measured, and notes what was not', async () => {
    const { admission, register } = uploaded();
    const admitted = anAdmittedModel({
      executor: { name: 'typescript', rows: 512, maxDifference: 0 },
      notes: ['a note'],
    });
    admission.answer = () => admitted;
    const { admission: measured, executor, notes } = await register();
    expect({ admission: measured, executor, notes }).toEqual(admitted);
  });

  it.each([
    { what: 'that is refused', error: hangs(6_000, A_BUDGET), code: 'admission.hangs' },
    {
      what: 'that nobody could look at',
      error: admissionUnavailable('fraud', new Error('throttled')),
      code: 'admission.unavailable',
    },
  ])('fails for a model $what, makes no version, and takes it again under the same key', async ({ error, code }) => {
    const { admission, artifacts, registry, register } = uploaded();
    admission.answer = () => Promise.reject(error);
    expect((await caughtFrom(register({ uploadId: 'u1' }, KEY))).code).toBe(code);
    expect(await registry.findService('fraud')).toBeUndefined();
    expect(artifacts.waitingUploads('fraud')).toEqual(['u1']);
    admission.answer = () => anAdmittedModel();
    expect(await register({ uploadId: 'u1' }, KEY)).toMatchObject({ version: 1 });
  });
});

/** `y` = `x` + `w`, whose two floats are in weights.bin. */
const WEIGHTS = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
const external = (...entries: (readonly [string, string])[]) => addition(externalTensor({ dims: [2], entries }));
const addition = (weights: Uint8Array) =>
  onnxModel({
    inputs: [tensorValue('x', ELEMENT.FP32, ['N', 2])],
    outputs: [tensorValue('y', ELEMENT.FP32, ['N', 2])],
    nodes: [node('Add', { inputs: ['x', 'w'], outputs: ['y'] })],
    initializers: [weights],
  });
const EXTERNAL = external(['location', 'weights.bin'], ['offset', '8']);
const PACKED = addition(rawTensor({ dims: [2], raw: WEIGHTS.subarray(8) }));
const file = (parts: Partial<NonNullable<RegisterRequest['externalData']>[number]> = {}) => ({
  location: 'weights.bin',
  sha256: sha256(WEIGHTS),
  uploadId: 'w1',
  ...parts,
});

/** With a model and its weights, which wait to be registered. */
function uploadedPair(model = EXTERNAL, weights = WEIGHTS) {
  const made = uploaded(model);
  made.artifacts.upload('fraud', 'w1', weights);
  const register = (request: Partial<RegisterRequest>, idempotency?: Idempotency) =>
    made.register({ sha256: sha256(model), uploadId: 'u1', ...request }, idempotency);
  return { ...made, register };
}

describe('registerVersion of a model whose weights are in another file', () => {
  it('serves the two as one file, and keeps the model as it was uploaded', async () => {
    const { artifacts, register } = uploadedPair();
    const version = await register({ externalData: [file()] });
    expect(version).toMatchObject({
      sha256: sha256(EXTERNAL),
      bytes: EXTERNAL.length,
      artifact: { sha256: sha256(PACKED), bytes: PACKED.length },
      externalData: [{ location: 'weights.bin', sha256: sha256(WEIGHTS), bytes: WEIGHTS.length }],
      notes: [expect.stringContaining('the weights of 1 tensor came from "weights.bin"')],
    });
    expect(await artifacts.readArtifact(version.artifact.sha256)).toEqual(PACKED);
    expect(await artifacts.readArtifact(version.sha256)).toEqual(EXTERNAL);
    expect(artifacts.waitingUploads('fraud')).toEqual([]);
  });

  it('is answered by ONNX Runtime with those weights', async () => {
    const { artifacts, register } = uploadedPair();
    const { artifact } = await register({ externalData: [file()] });
    const { sums } = await runAddition(await artifacts.readArtifact(artifact.sha256), [10, 20]);
    expect(sums).toEqual([13, 24]);
  });

  it('takes a file whose stated SHA-1 is right', async () => {
    const checksum = createNodeHash('sha1').update(WEIGHTS).digest('hex');
    const { register } = uploadedPair(external(['location', 'weights.bin'], ['checksum', checksum]));
    expect((await register({ externalData: [file()] })).version).toBe(1);
  });

  it('answers a repeat with the same version, although its uploads are gone', async () => {
    const { registry, register } = uploadedPair();
    const first = await register({ externalData: [file()] }, KEY);
    expect(await register({ externalData: [file()] }, KEY)).toEqual(first);
    expect(await registry.listVersions('fraud')).toHaveLength(1);
  });

  it.each([
    { what: 'without the file', request: {}, code: 'onnx.external_data_missing' },
    {
      what: 'with a file that was never uploaded',
      request: { externalData: [file({ uploadId: 'w9' })] },
      code: 'artifact.not_uploaded',
    },
    {
      what: 'with another content than was announced',
      request: { externalData: [file({ sha256: 'b'.repeat(64) })] },
      code: 'artifact.checksum_mismatch',
    },
    {
      what: 'with a file that it does not name',
      request: { externalData: [file(), file({ location: 'more.bin' })] },
      code: 'request.invalid',
    },
    {
      what: 'whose range reaches past the file',
      model: external(['location', 'weights.bin'], ['offset', '9']),
      request: { externalData: [file()] },
      code: 'onnx.external_data_invalid',
    },
    {
      what: 'whose stated SHA-1 is another one',
      model: external(['location', 'weights.bin'], ['checksum', '0'.repeat(40)]),
      request: { externalData: [file()] },
      code: 'onnx.external_data_invalid',
    },
    {
      what: 'which name a file outside',
      model: external(['location', '../weights.bin']),
      request: { externalData: [file({ location: '../weights.bin' })] },
      code: 'onnx.external_data_unsafe',
    },
    {
      what: 'which claim more than any file may have',
      model: addition(externalTensor({ dims: [2 ** 30], entries: [['location', 'weights.bin']] })),
      request: { externalData: [file()] },
      code: 'artifact.too_large',
    },
    {
      what: 'in more files than a request names',
      model: onnxModel({
        outputs: [tensorValue('y', ELEMENT.FP32, [])],
        initializers: Array.from({ length: 501 }, (_, i) => externalTensor({ entries: [['location', `${i}`]] })),
      }),
      request: {},
      code: 'onnx.unsupported',
    },
  ])('fails $what, and makes no version', async ({ model = EXTERNAL, request, code }) => {
    const { artifacts, registry, register } = uploadedPair(model);
    expect((await caughtFrom(register(request))).code).toBe(code);
    expect(await registry.findService('fraud')).toBeUndefined();
    expect(artifacts.artifactHashes()).toEqual([]);
    expect(artifacts.waitingUploads('fraud')).toEqual(['w1', 'u1']);
  });

  it('fails for a model that is whole, given with a file of weights', async () => {
    const { register } = uploadedPair(MODEL);
    expect((await caughtFrom(register({ externalData: [file()] }))).code).toBe('request.invalid');
  });

  it('fails for files that are too large together, before the last is read', async () => {
    const { artifacts, register } = uploadedPair();
    const streamed: number[] = [];
    artifacts.streamUpload = async (_service, _id, { limitBytes }) => {
      streamed.push(limitBytes);
      return undefined;
    };
    await caughtFrom(register({ externalData: [file()] }));
    expect(streamed).toEqual([ARTIFACT_LIMIT_BYTES - EXTERNAL.length]);
  });
});
