import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { ModelVersion } from '../../../core/contracts/api.ts';
import type { CaptureOptions } from '../../../core/contracts/capture.ts';
import { InferEnvironment } from '../../../core/contracts/environment.ts';
import { ScoringRequest } from '../../../core/contracts/mlflow.ts';
import { InferRequest } from '../../../core/contracts/open-inference.ts';
import { quickInferEnvironment } from '../../../core/contracts/quick/infer-environment.ts';
import { quickInferRequest } from '../../../core/contracts/quick/infer-request.ts';
import { quickPredictRequest } from '../../../core/contracts/quick/predict-request.ts';
import { quickScoringRequest } from '../../../core/contracts/quick/scoring-request.ts';
import { quickState, quickVersion } from '../../../core/contracts/quick/stored-items.ts';
import { StoredState } from '../../../core/contracts/stored.ts';
import { PredictRequest } from '../../../core/contracts/tf-serving.ts';
import { aVersion } from '../../support/a-version.ts';
import { anAdmittedModel } from '../../support/fake-admission.ts';

/** Values that stand where another is expected: of every kind, at the borders of what schemas take. */
const ODD: readonly unknown[] = [
  null,
  true,
  '',
  'x',
  '__proto__',
  'champion',
  'serving_default',
  'a'.repeat(101),
  'b'.repeat(257),
  'c'.repeat(20_000),
  0,
  -0,
  -1,
  1,
  1.5,
  2 ** 53,
  1e308,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  10n,
  2n ** 60n,
  [],
  [null],
  [1, 'x'],
  new Array(65).fill(1),
  new Array(300).fill({ name: 'x' }),
  {},
  { x: 1 },
  JSON.parse('{"__proto__": 1}'),
  '2026-06-01',
  '2026-06-31T00:00:00.000Z',
  '2026-06-01T00:00:00Z',
  '+012026-06-01T00:00:00.000Z',
];
const odd = fc.constantFrom(...ODD).map((value) => structuredClone(value));

/** The value with something in it replaced, left out or added, up to three times. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.nat(), how: fc.constantFrom('replace', 'remove', 'add'), odd });
  return fc.array(change, { minLength: 0, maxLength: 3 }).map((changes) => {
    let current = structuredClone(value);
    for (const { at, how, odd: other } of changes) {
      const places = placesOf(current);
      const place = places[at % (places.length + 1)];
      if (place === undefined) {
        if (how === 'replace') current = other;
        else if (typeof current === 'object' && current !== null && !Array.isArray(current))
          (current as Record<string, unknown>)['unknown'] = other;
        continue;
      }
      const { parent, key } = place;
      if (how === 'replace') parent[key] = other;
      else if (how === 'add') parent['more' as never] = other;
      else if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    }
    return current;
  });
}

type Parent = Record<string, unknown>;

function placesOf(value: unknown): { parent: Parent; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [{ parent: value as Parent, key }, ...placesOf((value as Parent)[key])]);
}

/** Arrays with fields of their own are nothing that JSON can hold. */
const isJson = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  ((Array.isArray(value) ? Object.keys(value).length === value.length : true) && Object.values(value).every(isJson));

/** The table's items hold numbers, and free forms are parsed by the engine. */
const isStorable = (value: unknown): boolean =>
  (typeof value !== 'number' || Number.isFinite(value)) &&
  typeof value !== 'bigint' &&
  isJson(value) &&
  (typeof value !== 'object' || value === null || Object.values(value).every(isStorable));

/** Whatever the reader takes the schema takes, with the same value (the reader may leave out what the schema lets through). */
function expectHeld<T>(
  quick: (value: never) => T | undefined,
  { schema, value, fields }: { schema: z.ZodType; value: unknown; fields?: readonly string[] },
) {
  const read = quick(value as never);
  if (read === undefined) return;
  const parsed = schema.safeParse(value);
  expect(parsed.error?.issues).toBeUndefined();
  const expected = fields
    ? Object.fromEntries(Object.entries(parsed.data as object).filter(([name]) => fields.includes(name)))
    : parsed.data;
  expect(withoutProto(read)).toStrictEqual(withoutProto(expected));
}

/** Schemas let unknown fields through, but for one called `__proto__`, which nobody reads either. */
function withoutProto(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutProto);
  const entries = Object.entries(value).filter(([name]) => name !== '__proto__');
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutProto(inner)]));
}

const holds = (
  quick: (value: never) => unknown,
  {
    schema,
    examples,
    fields,
    isPossible = isJson,
  }: {
    schema: z.ZodType;
    examples: readonly unknown[];
    fields?: readonly string[];
    isPossible?: (value: unknown) => boolean;
  },
) =>
  fc.assert(
    fc.property(fc.oneof(...examples.map(mutated)).filter(isPossible), (value) =>
      expectHeld(quick, { schema, value, ...(fields && { fields }) }),
    ),
    { numRuns: 2_000 },
  );

const inferRequests = [
  { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] }] },
  {
    id: 'a',
    parameters: { binary_data_output: true, other: 1 },
    inputs: [
      { name: 'x', shape: [1, 2], datatype: 'INT64', parameters: { binary_data_size: 16 } },
      { name: 'y', shape: [], datatype: 'BYTES', parameters: { content_type: 'str' }, data: 'text' },
    ],
    outputs: [{ name: 'y' }, { name: 'z', parameters: { binary_data: false } }],
  },
];
const predictRequests = [
  { instances: [1, [2], { x: 3 }] },
  { signature_name: 'serving_default', inputs: { x: [1] } },
  { signature_name: '', inputs: null },
];
const scoringRequests = [
  { dataframe_split: { columns: ['a', 1], index: [0], data: [[1, null]] }, params: {} },
  { dataframe_records: [{ a: 1 }, {}] },
  { instances: [[1]] },
  { inputs: { x: [1] } },
];
const versions = [
  aVersion(),
  aVersion({
    metrics: { auc: 0.9, loss: 1e-300 },
    lineage: { datasetDigest: 'd', parentVersion: 1, rows: [1, { a: null }] },
    baseline: 'baselines/fraud/1',
    classLabels: { label: [0, 'yes'] },
    metadata: { producer: 'skl2onnx' },
    executor: { name: 'typescript', rows: 512, maxDifference: 1e-9 },
    admission: anAdmittedModel().admission,
    externalData: [{ location: 'weights.bin', sha256: 'b'.repeat(64), bytes: 8 }],
    notes: ['a note'],
    signature: { inputs: [{ name: 'x', datatype: 'FP32', shape: [], anyRank: true }], outputs: [] },
  }),
  aVersion({
    executor: { name: 'onnxruntime', reason: 'the operator Conv' },
    admission: { loadMs: 20.5, calls: 0, budget: { memoryMiB: 512, loadMs: 5000, latencyMs: 5000 } },
  }),
].map((version) => ({ pk: 'SERVICE#fraud', sk: 'VERSION#00000001', ...version }));
const states = [
  {
    pk: 'SERVICE#fraud',
    sk: 'STATE',
    service: 'fraud',
    latestVersion: 3,
    champion: 2,
    earlierChampions: [1],
    revision: 2,
    updatedAt: '2026-06-01T00:00:00.000Z',
  },
  { service: 'fraud', latestVersion: 1, champion: null, earlierChampions: [], revision: 0, updatedAt: '' },
];
const captureOptions: Required<CaptureOptions> = {
  service: 'fraud',
  samplingRate: 0.5,
  hash: ['card'],
  drop: [],
  subject: 'header:x-subject',
  waitMs: 0,
};

describe('quick readers take nothing that their schema refuses, and change no value', () => {
  it('requests of the Open Inference Protocol', () => {
    holds(quickInferRequest, {
      schema: InferRequest,
      examples: inferRequests,
      fields: ['id', 'parameters', 'inputs', 'outputs'],
    });
  });

  it('requests of TensorFlow Serving', () => {
    holds(quickPredictRequest, {
      schema: PredictRequest,
      examples: predictRequests,
      fields: ['instances', 'inputs'],
    });
  });

  it('requests of MLflow', () => {
    const fields = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'];
    holds(quickScoringRequest, { schema: ScoringRequest, examples: scoringRequests, fields });
  });

  it('stored versions', () => {
    holds(quickVersion, { schema: ModelVersion, examples: versions, isPossible: isStorable });
  });

  it('stored states', () => {
    holds(quickState, { schema: StoredState, examples: states, isPossible: isStorable });
  });

  it('environments', () => {
    const optionTexts = mutated(captureOptions)
      .filter(isJson)
      .map((options) => JSON.stringify(options, (_, value) => (typeof value === 'bigint' ? Number(value) : value)));
    const text = (...usual: string[]) => fc.option(fc.constantFrom(...usual, ...ODD.map(String)), { nil: undefined });
    const environments = fc.record({
      ARTIFACT_BUCKET: text('bucket'),
      REGISTRY_TABLE: text('table'),
      MODEL_CACHE_MIB: text('1', '512', '012', '1e3', ' 5', '999999999999'),
      CAPTURE_OPTIONS: fc.option(fc.oneof(optionTexts, text('', '{')), { nil: undefined }),
      CAPTURE_STREAM: text('stream'),
      ORT_DISABLE_TELEMETRY: fc.constantFrom('1', '1', '1', '0', undefined),
      PATH: fc.constant('/bin'),
    });
    fc.assert(
      fc.property(environments, (value) => {
        const given = Object.fromEntries(Object.entries(value).filter(([, variable]) => variable !== undefined));
        expectHeld(quickInferEnvironment, { schema: InferEnvironment, value: given });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('quick readers take what is usual', () => {
  it.each(inferRequests)('the Open Inference request %#', (request) => {
    expect(quickInferRequest(request)).toBeDefined();
  });
  it.each(predictRequests)('the TensorFlow Serving request %#', (request) => {
    expect(quickPredictRequest(request)).toBeDefined();
  });
  it.each(scoringRequests)('the MLflow request %#', (request) => {
    expect(quickScoringRequest(request)).toBeDefined();
  });
  it.each(versions)('the stored version %#', (version) => {
    expect(quickVersion(version)).toEqual(ModelVersion.parse(version));
  });
  it.each(states)('the stored state %#', (state) => {
    expect(quickState(state)).toEqual(StoredState.parse(state));
  });

  it('a version with every field that the contract has', () => {
    expect(new Set(versions.flatMap((version) => Object.keys(version)))).toEqual(
      new Set(['pk', 'sk', ...Object.keys(ModelVersion.shape)]),
    );
  });

  it('an environment with every variable that the contract has', () => {
    const complete = {
      ARTIFACT_BUCKET: 'b',
      REGISTRY_TABLE: 't',
      MODEL_CACHE_MIB: '512',
      CAPTURE_OPTIONS: JSON.stringify(captureOptions),
      CAPTURE_STREAM: 's',
      ORT_DISABLE_TELEMETRY: '1',
    };
    expect(Object.keys(complete)).toEqual(Object.keys(InferEnvironment.shape));
    expect(quickInferEnvironment(complete)).toStrictEqual(InferEnvironment.parse(complete));
    expect(quickInferEnvironment(complete)?.CAPTURE_OPTIONS).toEqual(captureOptions);
  });
});
