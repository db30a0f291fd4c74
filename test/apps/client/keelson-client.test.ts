import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiFailure, ConnectionFailure, createKeelsonClient } from '../../../apps/client/index.ts';
import { type FakeApi, failure, startFakeApi } from '../../support/fake-api.ts';

const MIB = 1024 * 1024;

let api: FakeApi;

beforeEach(async () => {
  api = await startFakeApi();
});

afterEach(() => api.close());

const client = (options: Partial<Parameters<typeof createKeelsonClient>[0]> = {}) =>
  createKeelsonClient({ url: api.url, retryDelaysMs: [1], ...options });

describe('Keelson client', () => {
  it('registers bytes, and repeats nothing under a key that it has seen', async () => {
    const bytes = new Uint8Array(600_000).fill(7);
    const first = await client().register('churn', bytes, { idempotencyKey: 'k', metrics: { rocAuc: 0.9 } });
    const again = await client().register('churn', bytes, { idempotencyKey: 'k', metrics: { rocAuc: 0.9 } });
    expect(first).toMatchObject({ service: 'churn', version: 1, metrics: { rocAuc: 0.9 } });
    expect(again).toEqual(first);
    expect(await client().versions('churn')).toEqual([first]);
  });

  it('tells progress by bytes, of the check and of the upload', async () => {
    const seen: number[][] = [];
    await client().register('churn', new Uint8Array(600_000), {
      onHashProgress: (done, total) => seen.push([0, done, total]),
      onUploadProgress: (done, total) => seen.push([1, done, total]),
    });
    const pieces = [262_144, 524_288, 600_000];
    expect(seen).toEqual([0, 1].flatMap((step) => pieces.map((done) => [step, done, 600_000])));
  });

  it('puts a model with its length, and neither token nor signature: the URL is authorization enough', async () => {
    const sign = async () => ({ authorization: 'Bearer secret' });
    await client({ sign }).register('churn', new Uint8Array(1000));
    const [put] = api.puts;
    expect(put?.headers['content-length']).toBe('1000');
    expect(put?.headers['transfer-encoding']).toBeUndefined();
    expect(put?.headers.authorization).toBeUndefined();
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer secret']);
  });

  it('uploads a file without holding it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-client-'));
    const path = join(folder, 'model.onnx');
    writeFileSync(path, '');
    truncateSync(path, 300 * MIB);
    let most = 0;
    const look = () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    };
    const before = process.memoryUsage().arrayBuffers;
    await client().upload(await client().createUpload('churn'), path, look);
    rmSync(folder, { recursive: true });
    expect(api.puts[0]?.bytes).toBe(300 * MIB);
    expect((most - before) / MIB).toBeLessThan(150);
  });

  it('signs every attempt anew', async () => {
    const methods: string[] = [];
    const sign = async ({ method, url }: { method: string; url: string }) => {
      methods.push(`${method} ${url.slice(api.url.length)}`);
      return {};
    };
    api.interrupt(failure(503, 'registry.unavailable', 'later'));
    await client({ sign }).services();
    expect(methods).toEqual(['GET /api/services', 'GET /api/services']);
  });

  it('answers an inference with its text, version and prediction id', async () => {
    api.predict = () => ({
      body: '{"outputs":[NaN]}',
      headers: { 'x-keelson-model-version': '2', 'x-keelson-prediction-id': 'p' },
    });
    expect(await client().infer('churn', '{"inputs":[]}', { version: 2 })).toEqual({
      text: '{"outputs":[NaN]}',
      contentType: 'application/json',
      modelVersion: '2',
      predictionId: 'p',
    });
  });

  it('fails at once where a model fails: it would fail again', async () => {
    api.predict = () => failure(500, 'infer.model_failed', 'the model failed');
    await expect(client().infer('churn', '{}')).rejects.toThrow(ApiFailure);
    expect(api.requests).toHaveLength(1);
  });

  it.each([
    [{ status: 409, body: '{"error":"taken","code":"registry.contended"}' }, 'taken', 'registry.contended'],
    [
      {
        status: 400,
        body: '{"Message":"bad","OriginalStatusCode":1}',
        headers: { 'x-amzn-errortype': 'ValidationError:http' },
      },
      'bad',
      'ValidationError',
    ],
    [{ status: 403, body: '{"message":"Forbidden"}' }, 'Forbidden', 'http.403'],
    [
      { status: 403, body: '<?xml?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>' },
      'Request has expired',
      'AccessDenied',
    ],
    [{ status: 404, body: '' }, 'Not Found', 'http.404'],
    [{ status: 404, body: `<html>${'x'.repeat(1000)}` }, `<html>${'x'.repeat(294)}`, 'http.404'],
  ])('fails typed for %o', async (answer, message, code) => {
    api.interrupt(answer);
    await expect(client().services()).rejects.toMatchObject({
      name: 'ApiFailure',
      status: answer.status,
      message,
      code,
    });
  });

  it('fails without the query of a pre-signed URL, which is a secret', async () => {
    const url = 'http://127.0.0.1:1/uploads/1?X-Amz-Signature=secret';
    const failed = await client()
      .upload({ url }, new Uint8Array(1))
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConnectionFailure);
    expect(String(failed)).toContain('http://127.0.0.1:1/uploads/1');
    expect(String(failed)).not.toContain('secret');
  });
});
