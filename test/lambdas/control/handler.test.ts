import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  ApiError,
  ModelVersion,
  Rollout,
  RolloutList,
  ServiceList,
  ServiceSummary,
  UploadAnswer,
  VersionList,
} from '../../../core/contracts/api.ts';
import { KEELSON_VERSION } from '../../../core/contracts/product.ts';
import { CONTROL_ROUTES } from '../../../core/contracts/routes.ts';
import { PlatformError } from '../../../core/domain/errors.ts';
import { aDraft } from '../../support/a-version.ts';
import { aWindow } from '../../support/a-window.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { ELEMENT, identityModel } from '../../support/onnx-models.ts';
import { openControl } from './control-fixture.ts';

const MODEL = identityModel(ELEMENT.FP32, ['N']);
const rolloutTo = (version: number) => JSON.stringify({ version });
const key = (value: string) => ({ 'idempotency-key': value });

const A_SPAN = '{"from":"2026-05-01T00:00:00Z","to":"2026-05-08T00:00:00Z"}';

const statusOf = (route: string): number => {
  if (route.endsWith('/baseline')) return route.startsWith('POST') ? 202 : 200;
  return route.startsWith('POST /api/') && !route.endsWith('/labels') ? 201 : 200;
};

const idOf = (route: string) => (route.includes('windows') ? aWindow(1).id : 'id-1');

describe('the control API', () => {
  it.each(CONTROL_ROUTES)('answers %s', async (route) => {
    const { call, artifacts, quarantine, keepWindow, sha256 } = await openControl({ versions: 4 });
    await keepWindow();
    for (const version of [1, 2]) {
      await call(
        'POST /api/services/fraud/rollouts',
        { body: rolloutTo(version) },
        'POST /api/services/{service}/rollouts',
      );
    }
    artifacts.upload('fraud', 'u1', MODEL);
    for (let i = 0; i < 3; i += 1) await quarantine.record('fraud', 4, { now: EVENT_TIME, reason: 'a crash' });
    if (route === 'GET /api/services/{service}/versions/{version}/baseline') {
      const post = 'POST /api/services/{service}/versions/{version}/baseline';
      await call('POST /api/services/fraud/versions/1/baseline', { body: A_SPAN }, post);
    }
    const version = route.endsWith('/quarantine') ? '4' : '1';
    const path = route.replace('{service}', 'fraud').replace('{version}', version).replace('{id}', idOf(route));
    const bodies: Record<string, string> = {
      'POST /api/services/{service}/versions': JSON.stringify({ sha256: sha256(MODEL) }),
      'POST /api/services/{service}/rollouts': rolloutTo(3),
      'POST /api/services/{service}/versions/{version}/baseline': A_SPAN,
      'POST /api/services/{service}/labels': '[{"id":"order-17","label":1}]',
    };
    const { status, headers } = await call(path, { body: bodies[route] ?? '' }, route);
    expect(status).toBe(statusOf(route));
    const type = route === 'GET /metrics' ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json';
    expect(headers['content-type']).toBe(type);
  });

  it('tells what the server is, and that it lives and is ready', async () => {
    const { call } = await openControl();
    expect((await call('GET /v2')).json).toEqual({
      name: 'keelson',
      version: KEELSON_VERSION,
      extensions: ['binary_tensor_data', 'model_repository', 'statistics'],
    });
    expect((await call('GET /v2/health/live')).json).toEqual({ live: true });
    expect((await call('GET /v2/health/ready')).json).toEqual({ ready: true });
  });

  it('lists the models, and which version of each is ready', async () => {
    const { call, registry } = await openControl();
    await registry.appendVersion(aDraft({ service: 'unused' }));
    await call('POST /api/services/fraud/rollouts', { body: rolloutTo(2) }, 'POST /api/services/{service}/rollouts');
    expect((await call('GET /v2/models')).json).toEqual({ models: ['fraud', 'unused'] });
    expect((await call('GET /v1/models')).json).toEqual({ models: ['fraud', 'unused'] });
    const fraud = { name: 'fraud', version: '2', state: 'READY', reason: '' };
    const unused = { name: 'unused', state: 'UNAVAILABLE', reason: 'no version is rolled out' };
    expect((await call('POST /v2/repository/index')).json).toEqual([fraud, unused]);
    expect((await call('POST /v2/repository/index', { body: '{"ready":false}' })).json).toEqual([fraud, unused]);
    expect((await call('POST /v2/repository/index', { body: '{"ready":true}' })).json).toEqual([fraud]);
    expect((await call('POST /v2/repository/index', { body: '{"ready":1}' })).status).toBe(400);
  });

  it('takes a model from upload to rollback, with the times of the events', async () => {
    const { onService, artifacts, sha256 } = await openControl({ versions: 0 });
    const upload = UploadAnswer.parse((await onService('POST', '/uploads')).json);
    expect(upload.expiresAt).toBe(new Date(EVENT_TIME + 900_000).toISOString());
    const request = { body: JSON.stringify({ sha256: sha256(MODEL), uploadId: upload.uploadId }) };
    for (let i = 0; i < 2; i += 1) {
      artifacts.upload('fraud', upload.uploadId, MODEL);
      const { json } = await onService('POST', '/versions', { ...request, timeEpoch: EVENT_TIME + i });
      expect(ModelVersion.parse(json)).toMatchObject({
        version: i + 1,
        registeredAt: new Date(EVENT_TIME + i).toISOString(),
      });
    }
    for (const version of [1, 2]) {
      const { json } = await onService('POST', '/rollouts', { body: rolloutTo(version), timeEpoch: EVENT_TIME + 5 });
      expect(Rollout.parse(json)).toMatchObject({
        version,
        kind: 'rollout',
        startedAt: new Date(EVENT_TIME + 5).toISOString(),
      });
    }
    const back = Rollout.parse((await onService('POST', '/rollback')).json);
    expect(back).toMatchObject({ version: 1, previous: 2, kind: 'rollback' });
    expect(Rollout.parse((await onService('GET', `/rollouts/${back.id}`)).json)).toEqual(back);
    expect(RolloutList.parse((await onService('GET', '/rollouts')).json).rollouts).toHaveLength(3);
    expect(
      VersionList.parse((await onService('GET', '/versions')).json).versions.map(({ version }) => version),
    ).toEqual([2, 1]);
    expect(ModelVersion.parse((await onService('GET', '/versions/2')).json).version).toBe(2);
    expect(ServiceSummary.parse((await onService('GET', '')).json)).toMatchObject({
      champion: 1,
      latestVersion: 2,
      revision: 3,
    });
  });

  it('lists the services that exist and those that are declared', async () => {
    const { call, onService } = await openControl();
    const { services } = ServiceList.parse((await call('GET /api/services')).json);
    expect(services.map(({ service }) => service)).toEqual(['declared', 'fraud']);
    expect((await onService('GET', '', {}, 'declared')).json).toMatchObject({ latestVersion: 0, champion: null });
  });

  it.each([
    { method: 'POST', below: '/rollouts', body: '', says: 'version' },
    { method: 'POST', below: '/rollouts', body: '{"version":"2"}', says: 'version' },
    { method: 'POST', below: '/rollouts', body: '{"version":2,"percent":5}', says: 'percent' },
    { method: 'POST', below: '/rollouts', body: '{"version":2,"strategy":"canary"}', says: 'all-at-once' },
    { method: 'POST', below: '/versions', body: '{"sha256":"abc","uploadId":7}', says: '64 lower-case' },
    { method: 'POST', below: '/versions', body: '{}', says: 'sha256' },
    { method: 'POST', below: '/uploads', body: '{"size":5}', says: 'size' },
    { method: 'POST', below: '/uploads', body: '[]', says: '' },
    { method: 'GET', below: '/versions/abc', body: '', says: '' },
    { method: 'GET', below: '/versions/0', body: '', says: '' },
    { method: 'GET', below: '/versions/1.5', body: '', says: '' },
  ])('fails for $method $below with $body, naming what is wrong', async ({ method, below, body, says }) => {
    const { onService, logged } = await openControl();
    const { status, json } = await onService(method, below, { body });
    expect(status).toBe(400);
    const details = { problems: expect.any(Array) };
    expect(json).toEqual({ error: expect.stringContaining(says), code: 'request.invalid', details });
    expect(logged).toEqual([]);
  });

  it('lists what is quarantined, and lifts it', async () => {
    const { onService, quarantine } = await openControl();
    expect((await onService('GET', '/quarantine')).json).toEqual({ quarantined: [] });
    for (let i = 0; i < 3; i += 1) {
      await quarantine.record('fraud', 2, { now: EVENT_TIME, reason: 'infer.model_crashed' });
    }
    const since = new Date(EVENT_TIME).toISOString();
    expect((await onService('GET', '/quarantine')).json).toEqual({
      quarantined: [{ version: 2, crashes: 3, since, reason: 'infer.model_crashed' }],
    });
    const refused = await onService('POST', '/rollouts', { body: rolloutTo(2) });
    expect([refused.status, refused.json['code']]).toEqual([409, 'registry.version_quarantined']);
    const released = await onService('DELETE', '/versions/2/quarantine');
    expect([released.status, released.json]).toEqual([200, { service: 'fraud', version: 2, releasedAt: since }]);
    const again = await onService('DELETE', '/versions/2/quarantine');
    expect([again.status, again.json['code']]).toEqual([409, 'registry.not_quarantined']);
    expect((await onService('DELETE', '/versions/9/quarantine')).status).toBe(404);
    expect((await onService('POST', '/rollouts', { body: rolloutTo(2) })).status).toBe(201);
  });

  it('names every problem of a body at once', async () => {
    const { onService } = await openControl();
    const { json } = await onService('POST', '/versions', { body: '{"uploadId":7,"metrics":{"a":"b"},"more":1}' });
    for (const problem of ['sha256', 'uploadId', 'metrics.a', 'more']) expect(json['error']).toContain(problem);
  });

  it.each([
    { method: 'GET', below: '', status: 404, code: 'registry.service_not_found' },
    { method: 'GET', below: '/versions', status: 404, code: 'registry.service_not_found' },
    { method: 'GET', below: '/versions/1', status: 404, code: 'registry.service_not_found' },
    { method: 'GET', below: '/rollouts', status: 404, code: 'registry.service_not_found' },
    { method: 'GET', below: '/rollouts/r1', status: 404, code: 'rollout.not_found' },
    { method: 'POST', below: '/rollback', status: 404, code: 'registry.service_not_found' },
    { method: 'POST', below: '/rollouts', body: rolloutTo(1), status: 404, code: 'registry.service_not_found' },
    {
      method: 'POST',
      below: '/versions',
      body: JSON.stringify({ sha256: 'a'.repeat(64) }),
      status: 409,
      code: 'artifact.not_uploaded',
    },
  ])(
    'fails for $method $below of a service that nobody registered with $status',
    async ({ method, below, body = '', status, code }) => {
      const { onService } = await openControl();
      const answer = await onService(method, below, { body }, 'nobody');
      expect(answer.status).toBe(status);
      expect(ApiError.parse(answer.json).code).toBe(code);
    },
  );

  it.each([
    { below: '/rollouts', body: rolloutTo(9), status: 404, code: 'registry.version_not_found' },
    { below: '/rollouts', body: rolloutTo(1), status: 409, code: 'registry.already_champion' },
    { below: '/rollback', body: '', status: 409, code: 'registry.nothing_to_roll_back' },
    { below: '/uploads', body: '{"bytes":999999999}', status: 413, code: 'artifact.too_large' },
    { below: '/uploads', body: '{"bytes"', status: 400, code: 'request.malformed' },
  ])('fails for POST $below with $body with $status', async ({ below, body, status, code }) => {
    const { onService } = await openControl();
    await onService('POST', '/rollouts', { body: rolloutTo(1) });
    const answer = await onService('POST', below, { body });
    expect([answer.status, answer.json['code']]).toEqual([status, code]);
  });

  it.each(['a.b', '-a', 'a%20b', 'x'.repeat(64), '%00'])('fails for the service name %s', async (name) => {
    const { onService } = await openControl();
    for (const [method, below] of [
      ['GET', ''],
      ['GET', '/versions'],
      ['POST', '/uploads'],
      ['GET', '/rollouts/r1'],
    ] as const) {
      expect((await onService(method, below, {}, name)).json['code']).toBe('registry.name_invalid');
    }
  });

  it.each(['0', '-1', 'abc', '%20', '0x1', '1e0', '1.0', '9'.repeat(400)])(
    'fails for the version %s',
    async (version) => {
      const { onService } = await openControl();
      const { status, json } = await onService('GET', `/versions/${version}`);
      expect([status, json['code']]).toEqual([400, 'request.invalid']);
    },
  );

  it('fails for a rollout id that none has without asking the registry, which takes no id of any length', async () => {
    const change = { findRollout: () => Promise.reject(new Error('the key is too long')) };
    const { onService } = await openControl({ change });
    for (const id of ['x'.repeat(3_000), '%00', 'a%20b']) {
      const { status, json } = await onService('GET', `/rollouts/${id}`);
      expect([status, json['code']]).toEqual([404, 'rollout.not_found']);
    }
  });

  it.each([
    ['GET /nothing', '$default'],
    ['DELETE /api/services/fraud', '$default'],
    ['GET /v2', 'ANY /other'],
  ])('fails for %s, which no route answers', async (route, template) => {
    const { call } = await openControl();
    const { status, json } = await call(route, {}, template);
    expect(status).toBe(404);
    const [method, path] = route.split(' ');
    expect(json).toEqual({
      error: `there is nothing at ${route}`,
      code: 'request.route_not_found',
      details: { method, path },
    });
  });

  it('fails for ten thousand unknown fields with an answer of readable size', async () => {
    const { onService } = await openControl();
    const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`field${i}`, 1]));
    const { status, text } = await onService('POST', '/uploads', { body: JSON.stringify(fields) });
    expect(status).toBe(400);
    expect(text).toContain('field0');
    expect(text.length).toBeLessThan(1_000);
  });

  it('fails for a body of more than 256 KiB, before looking at it', async () => {
    const { onService } = await openControl();
    const body = JSON.stringify({ lineage: { text: 'x'.repeat(256 * 1024) } });
    for (const parts of [{ body }, { body: gzipSync(body), headers: { 'content-encoding': 'gzip' } }]) {
      const { status, json } = await onService('POST', '/versions', parts);
      expect([status, json['code']]).toEqual([413, 'request.body_too_large']);
      expect(json['error']).toContain('256 KiB');
    }
  });

  it('reads compressed bodies', async () => {
    const { onService } = await openControl();
    const { status } = await onService('POST', '/rollouts', {
      body: gzipSync(rolloutTo(1)),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(status).toBe(201);
  });
});

describe('an Idempotency-Key', () => {
  it('makes repeats harmless', async () => {
    const { onService, artifacts, sha256, registry } = await openControl();
    artifacts.upload('fraud', 'u1', MODEL);
    const requests = [
      { below: '/versions', parts: { body: JSON.stringify({ sha256: sha256(MODEL) }), headers: key('a') } },
      { below: '/rollouts', parts: { body: rolloutTo(4), headers: key('b') } },
      { below: '/rollouts', parts: { body: rolloutTo(1), headers: key('c') } },
      { below: '/rollback', parts: { headers: key('d') } },
    ];
    for (const { below, parts } of requests) {
      const first = await onService('POST', below, parts);
      expect(first.status).toBe(201);
      expect(await onService('POST', below, { ...parts, timeEpoch: EVENT_TIME + 60_000 })).toEqual(first);
    }
    expect(await registry.findService('fraud')).toMatchObject({ champion: 4, latestVersion: 4, revision: 3 });
  });

  it('is the same registration where the same file was uploaded again', async () => {
    const { onService, artifacts, sha256 } = await openControl();
    const register = (uploadId: string) => {
      artifacts.upload('fraud', uploadId, MODEL);
      const body = JSON.stringify({ sha256: sha256(MODEL), uploadId });
      return onService('POST', '/versions', { body, headers: key('again') });
    };
    const first = await register('u1');
    expect(first.status).toBe(201);
    expect(await register('u2')).toEqual(first);
  });

  it.each([
    { what: 'another body', below: '/rollouts', body: rolloutTo(2) },
    { what: 'another route', below: '/rollback', body: '' },
  ])('fails where it comes again with $what', async ({ below, body }) => {
    const { onService } = await openControl();
    await onService('POST', '/rollouts', { body: rolloutTo(1), headers: key('k') });
    const { status, json } = await onService('POST', below, { body, headers: key('k') });
    expect([status, json['code']]).toEqual([409, 'registry.idempotency_mismatch']);
  });

  it.each(['', 'with space', 'é', 'x'.repeat(129)])('fails where it is %j', async (value) => {
    const { onService, registry } = await openControl();
    const { status, json } = await onService('POST', '/rollouts', { body: rolloutTo(1), headers: key(value) });
    expect([status, json['code']]).toEqual([400, 'request.invalid']);
    expect(await registry.findService('fraud')).toMatchObject({ champion: null });
  });
});

describe('a failure of the platform’s own', () => {
  it('is answered without a word of a bug, which goes to the log', async () => {
    const bug = new Error('secret');
    const { call, logged } = await openControl({ change: { listServices: () => Promise.reject(bug) } });
    const { status, text } = await call('GET /api/services');
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({ error: expect.stringContaining('internal error'), code: 'internal' });
    expect(text).not.toContain('secret');
    expect(logged).toEqual([bug]);
  });

  it('is unavailability where the registry cannot be reached, and then the server is not ready', async () => {
    const down = new PlatformError('registry.unavailable', { message: 'try again', details: { operation: 'GetItem' } });
    const { call, logged } = await openControl({ versions: 0, change: { findService: () => Promise.reject(down) } });
    expect(await call('GET /v2/health/ready')).toMatchObject({ status: 503, json: { code: 'registry.unavailable' } });
    expect(await call('GET /v2/health/live')).toMatchObject({ status: 200 });
    expect(logged).toEqual([down]);
  });
});
