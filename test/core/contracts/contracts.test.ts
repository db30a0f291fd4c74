import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Lineage, Metrics, ModelVersion, RegisterRequest, RolloutRequest } from '../../../core/contracts/api.ts';
import { formatBudgets, parseBudgets } from '../../../core/contracts/budgets.ts';
import { ControlEnvironment, InferEnvironment, parseEnvironment } from '../../../core/contracts/environment.ts';
import { artifactKey, uploadKey } from '../../../core/contracts/object-keys.ts';
import { KEELSON_VERSION } from '../../../core/contracts/product.ts';
import { CONTROL_ROUTES, INFERENCE_ROUTES, inferenceRoutesOf } from '../../../core/contracts/routes.ts';
import { ServiceName } from '../../../core/contracts/service-name.ts';
import { versionKey } from '../../../core/contracts/table-keys.ts';
import { aVersion } from '../../support/a-version.ts';
import { caught } from '../../support/caught.ts';

const SHA256 = 'a'.repeat(64);

describe('the product', () => {
  it('has the version that package.json has', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(KEELSON_VERSION).toBe(version);
  });
});

describe('parseEnvironment', () => {
  const complete = { ARTIFACT_BUCKET: 'b', REGISTRY_TABLE: 't', MODEL_CACHE_MIB: '512', ORT_DISABLE_TELEMETRY: '1' };

  it('reads the variables of a function and leaves the others', () => {
    expect(parseEnvironment(InferEnvironment, { ...complete, PATH: '/bin' })).toEqual({
      ...complete,
      MODEL_CACHE_MIB: 512,
    });
  });

  it('fails naming every variable that is missing or wrong at once', () => {
    const error = caught(() => parseEnvironment(InferEnvironment, { REGISTRY_TABLE: '', MODEL_CACHE_MIB: 'many' }));
    expect(error.code).toBe('environment.invalid');
    for (const name of Object.keys(complete)) expect(error.message).toContain(name);
    expect(error.details).toMatchObject({ problems: { length: 4 } });
  });

  it.each(['0', '-1', '1.5', '', 'Infinity'])('fails for a cache of %j MiB', (MODEL_CACHE_MIB) => {
    expect(caught(() => parseEnvironment(InferEnvironment, { ...complete, MODEL_CACHE_MIB })).message).toContain(
      'MODEL_CACHE_MIB',
    );
  });

  it('fails where telemetry is not switched off', () => {
    const { message } = caught(() => parseEnvironment(InferEnvironment, { ...complete, ORT_DISABLE_TELEMETRY: '0' }));
    expect(message).toContain('ORT_DISABLE_TELEMETRY');
  });

  it('takes no declared services, but not their absence', () => {
    const { MODEL_CACHE_MIB: _, ...infer } = complete;
    const control = {
      ...infer,
      CAPTURED_SERVICES: '',
      CAPTURE_BUCKET: '',
      MONITORED_SERVICES: '',
      ALARM_PREFIX: 'keelson.Keelson.',
      RUNBOOKS: 'docs/runbooks',
      POOL_BUDGET: '1024/5000/5000',
      ADMIT_FUNCTION: 'admit',
      INTAKE_FUNCTION: 'intake',
    };
    expect(parseEnvironment(ControlEnvironment, { ...control, DECLARED_SERVICES: '' }).DECLARED_SERVICES).toEqual(
      new Map(),
    );
    expect(caught(() => parseEnvironment(ControlEnvironment, control)).message).toContain('DECLARED_SERVICES');
  });

  it('holds budgets as short texts, and reads them back in their order', () => {
    const budgets = new Map([
      ['fraud', { memoryMiB: 512, loadMs: 5_000, latencyMs: 20 }],
      ['a-b_C', { memoryMiB: 10_240, loadMs: 1, latencyMs: 14_999 }],
    ]);
    expect(formatBudgets(budgets)).toBe('fraud:512/5000/20,a-b_C:10240/1/14999');
    expect([...(parseBudgets(formatBudgets(budgets)) ?? [])]).toEqual([...budgets]);
  });

  it.each([
    'fraud',
    'fraud:',
    'fraud:1/2',
    'fraud:0/1/1',
    'fraud:1/1/1.5',
    'fraud:1/1/1:x',
    'fraud:1/1/1,',
    'f g:1/1/1',
  ])('fails for the declared services %j, which no stack writes', (text) => {
    expect(parseBudgets(text)).toBeUndefined();
  });
});

describe('ServiceName', () => {
  it.each(['a', '7', 'fraud', 'Fraud_2-eu', 'x'.repeat(63)])('takes %j', (name) => {
    expect(ServiceName.safeParse(name).success).toBe(true);
  });

  it.each(['', '-a', '_a', 'a/b', 'a.b', 'a b', 'é', '..', 'a\n', 'x'.repeat(64), '{service}'])(
    'fails for %j',
    (name) => {
      expect(ServiceName.safeParse(name).success).toBe(false);
    },
  );
});

describe('RegisterRequest', () => {
  it.each([
    { sha256: SHA256 },
    { sha256: SHA256, uploadId: '3f2e-A', metrics: {}, lineage: {}, signature: {}, baseline: 'k' },
    { sha256: SHA256, signature: { x: { shape: ['N', null, 0, 3] } } },
    { sha256: SHA256, lineage: { parentVersion: 1, split: { rows: [1, 2], note: null } } },
  ])('takes %j', (request) => {
    expect(RegisterRequest.safeParse(request).success).toBe(true);
  });

  it.each([
    { what: 'no sha256', request: {} },
    { what: 'a sha256 in capitals', request: { sha256: 'A'.repeat(64) } },
    { what: 'an unknown field', request: { sha256: SHA256, metric: {} } },
    {
      what: 'an upload id that walks to another key',
      request: { sha256: SHA256, uploadId: '../../artifacts/sha256/x' },
    },
    { what: 'an empty upload id', request: { sha256: SHA256, uploadId: '' } },
    { what: 'a metric that is no number', request: { sha256: SHA256, metrics: { auc: '0.9' } } },
    { what: 'a metric that is NaN', request: { sha256: SHA256, metrics: { auc: Number.NaN } } },
    { what: 'a metric without a name', request: { sha256: SHA256, metrics: { '': 1 } } },
    { what: 'a parent version 0', request: { sha256: SHA256, lineage: { parentVersion: 0 } } },
    { what: 'a bigint in the lineage', request: { sha256: SHA256, lineage: { rows: 2n ** 60n } } },
    { what: 'a negative dimension', request: { sha256: SHA256, signature: { x: { shape: [-1] } } } },
    { what: 'a fractional dimension', request: { sha256: SHA256, signature: { x: { shape: [1.5] } } } },
    {
      what: 'a correction of a datatype',
      request: { sha256: SHA256, signature: { x: { shape: [], datatype: 'FP32' } } },
    },
  ])('fails for $what', ({ request }) => {
    expect(RegisterRequest.safeParse(request).success).toBe(false);
  });

  it('fails for more than 200 metrics or 16,384 characters of lineage', () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`m${i}`, i]));
    expect(Metrics.safeParse(many).success).toBe(false);
    expect(Lineage.safeParse({ text: 'x'.repeat(16_380) }).success).toBe(false);
    expect(Lineage.safeParse({ text: 'x'.repeat(16_000) }).success).toBe(true);
  });
});

describe('RolloutRequest', () => {
  it('rolls out all at once where no strategy is named', () => {
    expect(RolloutRequest.parse({ version: 3 })).toEqual({ version: 3, strategy: 'all-at-once' });
  });

  it.each([
    {},
    { version: 0 },
    { version: '3' },
    { version: 1.5 },
    { version: 100_000_000 },
    { version: 1, strategy: 'canary' },
    { version: 1, weight: 1 },
  ])('fails for %j', (request) => {
    expect(RolloutRequest.safeParse(request).success).toBe(false);
  });
});

describe('ModelVersion', () => {
  it('survives being written as JSON and read again', () => {
    const version = aVersion({ classLabels: { p: ['a', 1] }, notes: ['n'], baseline: 'b' });
    expect(ModelVersion.parse(JSON.parse(JSON.stringify(version)))).toEqual(version);
  });
});

describe('keys', () => {
  it('order versions as numbers', () => {
    const keys = [2, 10, 1, 99_999_999].map((version) => versionKey('fraud', version).sk);
    expect(keys.toSorted()).toEqual([1, 2, 10, 99_999_999].map((version) => versionKey('fraud', version).sk));
  });

  it('keep artifacts and uploads apart', () => {
    expect(artifactKey(SHA256)).toBe(`artifacts/sha256/${SHA256}`);
    expect(uploadKey('fraud', 'u1')).toBe('uploads/fraud/u1');
  });
});

describe('routes', () => {
  it('are unique, and spell a declared service’s name out', () => {
    const all = [...CONTROL_ROUTES, ...INFERENCE_ROUTES, ...inferenceRoutesOf('fraud')];
    expect(new Set(all).size).toBe(all.length);
    expect(inferenceRoutesOf('fraud').join()).not.toContain('{service}');
  });
});
