import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BODY_LIMIT_BYTES } from '../../../core/contracts/limits.ts';
import { PlatformError } from '../../../core/domain/errors.ts';
import { modelFailed } from '../../support/fake-runtime.ts';
import { openInfer } from './infer-fixture.ts';

const INFER = 'POST /v2/models/fraud/infer';

const x = (parts: Record<string, unknown> = {}) => ({
  name: 'x',
  datatype: 'FP32',
  shape: [1, 2],
  data: [1, 2],
  ...parts,
});
const body = (parts: Record<string, unknown> = {}) => JSON.stringify({ inputs: [x()], ...parts });

/** Two inputs, one of them symbolic like the other; two outputs. */
const TWO = {
  inputs: [
    { name: 'a', datatype: 'FP32', shape: ['N', 2] },
    { name: 'b', datatype: 'INT64', shape: ['N'] },
  ],
  outputs: [
    { name: 'y', datatype: 'FP32', shape: ['N', 2] },
    { name: 'z', datatype: 'FP32', shape: [null, 2] },
  ],
} as const;
const two = () => structuredClone(TWO) as unknown as NonNullable<Parameters<typeof openInfer>[0]>['signature'] & object;
const a = { name: 'a', datatype: 'FP32', shape: [1, 2], data: [1, 2] };
const b = { name: 'b', datatype: 'INT64', shape: [1], data: [7] };

describe('infer by the Open Inference Protocol', () => {
  it('answers with the champion, its version and the prediction’s id', async () => {
    const { call } = await openInfer();
    const { status, headers, text } = await call(INFER, { body: body() });
    expect(status).toBe(200);
    expect(text).toBe(
      '{"model_name":"fraud","model_version":"2","outputs":[{"name":"y","datatype":"FP32","shape":[1,2],"data":[1,2]}]}',
    );
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-keelson-model-version': '2',
      'x-keelson-prediction-id': 'fresh-id',
    });
  });

  it('answers with the version in the path', async () => {
    const { call } = await openInfer();
    const { headers, json } = await call('POST /v2/models/fraud/versions/3/infer', { body: body() });
    expect(json()).toMatchObject({ model_version: '3' });
    expect(headers['x-keelson-model-version']).toBe('3');
  });

  it('echoes an id that was given, in the body and in the header', async () => {
    const { call } = await openInfer();
    const { headers, json } = await call(INFER, { body: body({ id: 'order 7' }) });
    expect(json()['id']).toBe('order 7');
    expect(headers['x-keelson-prediction-id']).toBe('order 7');
  });

  it('returns outputs in the order asked, and all where none is named', async () => {
    const { call } = await openInfer({ signature: two() });
    const names = async (parts: Record<string, unknown>) => {
      const { json } = await call(INFER, { body: JSON.stringify({ inputs: [b, a], ...parts }) });
      return (json()['outputs'] as { name: string }[]).map(({ name }) => name);
    };
    expect(await names({ outputs: [{ name: 'z' }, { name: 'y' }] })).toEqual(['z', 'y']);
    expect(await names({ outputs: [{ name: 'z' }] })).toEqual(['z']);
    expect(await names({ outputs: [] })).toEqual(['y', 'z']);
    expect(await names({})).toEqual(['y', 'z']);
  });

  it('ignores parameters and fields that it does not know', async () => {
    const { call } = await openInfer();
    const parameters = { binary_data: false, nested: { deep: [1] } };
    const text = `{"inputs":[${JSON.stringify(x({ parameters, extra: 1 }))}],"parameters":${JSON.stringify(parameters)},"outputs":[{"name":"y","parameters":{"classification":2}}],"__proto__":{"id":"no"}}`;
    const { status, json } = await call(INFER, { body: text });
    expect(status).toBe(200);
    expect(json()).not.toHaveProperty('id');
  });

  it('carries NaN, infinities and 64-bit integers to the digit', async () => {
    const { call } = await openInfer();
    const floats = await call(INFER, {
      body: '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[NaN,-Infinity]}]}',
    });
    expect(floats.text).toContain('"data":[NaN,-Infinity]');
    const tensor = { datatype: 'INT64', shape: [2] } as const;
    const signature = {
      inputs: [{ ...tensor, name: 'x', shape: [2] }],
      outputs: [{ ...tensor, name: 'y', shape: [2] }],
    };
    const integers = await (await openInfer({ signature })).call(INFER, {
      body: '{"inputs":[{"name":"x","datatype":"INT64","shape":[2],"data":[9007199254740993,-9223372036854775808]}]}',
    });
    expect(integers.text).toContain('"data":[9007199254740993,-9223372036854775808]');
  });

  it('takes nested data, no rows, and writes rank 0 as []', async () => {
    const { call } = await openInfer({
      run: (_, outputs) => outputs.map((name) => ({ name, datatype: 'FP32', shape: [], data: Float32Array.of(3) })),
    });
    const answer = await call(INFER, { body: body({ inputs: [x({ data: [[1, 2]] })] }) });
    expect(answer.text).toContain('"shape":[],"data":[3]');
    expect((await call(INFER, { body: body({ inputs: [x({ shape: [0, 2], data: [] })] }) })).status).toBe(200);
  });

  it.each([
    { what: 'no body', body: '', status: 400, code: 'request.invalid', says: 'inputs' },
    {
      what: 'a body that is not JSON',
      body: '{"inputs"',
      status: 400,
      code: 'request.malformed',
      says: 'ends too early',
    },
    {
      what: 'a body nested 250,000 deep',
      body: '['.repeat(250_000),
      status: 400,
      code: 'request.malformed',
      says: 'nested',
    },
    {
      what: 'data nested 250,000 deep',
      body: body({ inputs: [x({ data: 0 })] }).replace(
        '"data":0',
        `"data":${'['.repeat(250_000)}${']'.repeat(250_000)}`,
      ),
      status: 400,
      code: 'request.malformed',
      says: 'nested',
    },
    { what: 'an array', body: '[1]', status: 400, code: 'request.invalid', says: '' },
    {
      what: 'inputs that are no array',
      body: body({ inputs: { x: 1 } }),
      status: 400,
      code: 'request.invalid',
      says: 'inputs',
    },
    {
      what: 'an input without data',
      body: body({ inputs: [x({ data: undefined })] }),
      status: 400,
      code: 'request.invalid',
      says: 'data is missing',
    },
    {
      what: 'an unknown datatype',
      body: body({ inputs: [x({ datatype: 'FLOAT' })] }),
      status: 400,
      code: 'request.invalid',
      says: 'inputs.0.datatype',
    },
    {
      what: 'a negative dimension',
      body: body({ inputs: [x({ shape: [-1, 2] })] }),
      status: 400,
      code: 'request.invalid',
      says: 'inputs.0.shape.0',
    },
    {
      what: 'a shape past 2^53',
      body: body({ inputs: [x({ shape: [9_007_199_254_740_991, 9_007_199_254_740_991] })] }),
      status: 400,
      code: 'infer.shape_mismatch',
      says: '"x"',
    },
    { what: 'an id that is a number', body: body({ id: 7 }), status: 400, code: 'request.invalid', says: 'id' },
    {
      what: 'an id that no header can carry',
      body: body({ id: 'a\nb' }),
      status: 400,
      code: 'request.invalid',
      says: 'prediction id',
    },
    {
      what: 'too few elements',
      body: body({ inputs: [x({ data: [1] })] }),
      status: 400,
      code: 'infer.shape_mismatch',
      says: '"x"',
    },
    {
      what: 'another shape than the model takes',
      body: body({ inputs: [x({ shape: [2], data: [1, 2] })] }),
      status: 400,
      code: 'infer.shape_mismatch',
      says: '[N, 2]',
    },
    {
      what: 'a value that the datatype cannot hold',
      body: body({ inputs: [x({ data: [1, 1e39] })] }),
      status: 400,
      code: 'infer.value_invalid',
      says: 'element 1 of "x"',
    },
    {
      what: 'another datatype than the model takes',
      body: body({ inputs: [x({ datatype: 'INT8' })] }),
      status: 400,
      code: 'infer.datatype_mismatch',
      says: 'FP32',
    },
    { what: 'a missing input', body: body({ inputs: [] }), status: 400, code: 'infer.input_missing', says: '"x"' },
    {
      what: 'an unknown input',
      body: body({ inputs: [x(), x({ name: 'q' })] }),
      status: 400,
      code: 'infer.input_unknown',
      says: '"q"',
    },
    {
      what: 'an input given twice',
      body: body({ inputs: [x(), x()] }),
      status: 400,
      code: 'infer.input_duplicate',
      says: 'twice',
    },
    {
      what: 'an unknown output',
      body: body({ outputs: [{ name: 'q' }] }),
      status: 400,
      code: 'infer.output_unknown',
      says: '"y"',
    },
    {
      what: 'more than 4 MiB',
      body: body({ pad: 'x'.repeat(BODY_LIMIT_BYTES) }),
      status: 413,
      code: 'request.body_too_large',
      says: '4 MiB',
    },
    {
      what: 'more than 4 MiB in UTF-8',
      body: body({ pad: 'é'.repeat(BODY_LIMIT_BYTES / 2) }),
      status: 413,
      code: 'request.body_too_large',
      says: '4 MiB',
    },
  ])('fails for $what with $status', async ({ body, status, code, says }) => {
    const { call, logged } = await openInfer();
    const answer = await call(INFER, { body });
    expect(answer.status).toBe(status);
    expect(answer.json()).toEqual({ error: expect.stringContaining(says), code });
    // A caller's mistake is nothing for the log.
    expect(logged).toEqual([]);
  });

  it('fails for ten thousand mistakes with an answer of readable size', async () => {
    const { call } = await openInfer();
    const { status, text } = await call(INFER, { body: `{"inputs":[${new Array(10_000).fill(1).join(',')}]}` });
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(5_000);
    expect(text).toContain('and 9980 more');
  });

  const many = (count: number) => `[${new Array(count).fill('-1').join(',')}]`;
  it.each([
    { what: 'inputs', body: `{"inputs":${many(1_300_000)}}` },
    { what: 'outputs', body: body({ outputs: 0 }).replace('"outputs":0', `"outputs":${many(1_300_000)}`) },
    { what: 'dimensions', body: body().replace('"shape":[1,2]', `"shape":${many(1_300_000)}`) },
  ])('fails for more than a million $what, whose elements are not even looked at', async ({ body }) => {
    const { call } = await openInfer();
    const { status, json } = await call(INFER, { body });
    expect(status).toBe(400);
    expect(json()).toEqual({ error: expect.stringContaining('got 1300000'), code: 'request.invalid' });
  });

  it('shows no value of a payload in an error', async () => {
    const { call } = await openInfer();
    for (const text of [
      body({ inputs: [x({ data: ['4111111111111111', 2] })] }),
      body({ inputs: [x({ datatype: '4111111111111111' })] }),
      body().replace('"data":[1,2]', '"data":[4111111111111111 2]'),
      body({ inputs: '4111111111111111' }),
    ]) {
      const answer = await call(INFER, { body: text });
      expect(answer.status).toBe(400);
      expect(answer.text).not.toContain('4111');
    }
  });

  it.each([
    { route: 'POST /v2/models/nobody/infer', status: 404, code: 'registry.service_not_found' },
    { route: 'POST /v2/models/no%20name/infer', status: 404, code: 'registry.service_not_found' },
    { route: 'POST /v2/models/fr%/infer', status: 404, code: 'registry.service_not_found' },
    { route: 'POST /v2/models/fraud/versions/9/infer', status: 404, code: 'registry.version_not_found' },
    { route: 'POST /v2/models/fraud/versions/0/infer', status: 404, code: 'registry.version_not_found' },
    { route: 'POST /v2/models/fraud/versions/two/infer', status: 404, code: 'registry.version_not_found' },
    { route: 'POST /v2/models/fraud/versions/123456789/infer', status: 404, code: 'registry.version_not_found' },
    { route: 'POST /v2/models/unused/infer', status: 503, code: 'infer.no_version' },
    { route: 'GET /v2/models/fraud/infer', status: 404, code: 'request.route_not_found' },
    { route: 'POST /v2/models/fraud', status: 404, code: 'request.route_not_found' },
    { route: 'POST /v2/models/fraud/ready', status: 404, code: 'request.route_not_found' },
    { route: 'GET /v2/models/fraud/versions/1/other', status: 404, code: 'request.route_not_found' },
    { route: 'GET /endpoints/fraud/other', status: 404, code: undefined },
  ])('fails for $route with $status', async ({ route, status, code }) => {
    const { call } = await openInfer();
    const answer = await call(route, { body: body() });
    expect(answer.status).toBe(status);
    expect(answer.json()['code']).toBe(code);
  });

  it('says the words that clients look for where a model is unknown', async () => {
    const { call } = await openInfer();
    expect((await call('GET /v2/models/nobody')).json()['error']).toContain('Request for unknown model');
  });

  it.each([
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['Application/JSON', 200],
    ['application/x-www-form-urlencoded', 200],
    ['application/octet-stream', 200],
    ['application/vnd.example+json', 200],
    ['text/csv', 415],
    ['image/png', 415],
  ])('takes the content-type %s with %i', async (type, status) => {
    const { call } = await openInfer();
    const answer = await call(INFER, { body: body(), headers: { 'content-type': type } });
    expect(answer.status).toBe(status);
  });

  it.each([
    { what: 'a base64 body', body: Buffer.from(body()), encoding: undefined },
    { what: 'gzip', body: gzipSync(body()), encoding: 'gzip' },
    { what: 'x-gzip', body: gzipSync(body()), encoding: 'X-GZip' },
    { what: 'deflate', body: deflateSync(body()), encoding: 'deflate' },
    { what: 'deflate without the header of zlib', body: deflateRawSync(body()), encoding: 'deflate' },
    { what: 'identity', body: body(), encoding: 'identity' },
    { what: 'text that the gateway has unpacked already', body: body(), encoding: 'gzip' },
  ])('takes $what', async ({ body, encoding }) => {
    const { call } = await openInfer();
    const answer = await call(INFER, { body, headers: encoding === undefined ? {} : { 'content-encoding': encoding } });
    expect(answer.status).toBe(200);
  });

  const bomb = gzipSync(Buffer.alloc(100 * BODY_LIMIT_BYTES));
  it.each([
    { what: 'a zip bomb', body: bomb, encoding: 'gzip', status: 413, code: 'request.body_too_large' },
    { what: 'gzip that is none', body: Buffer.from(body()), encoding: 'gzip', status: 400, code: 'request.malformed' },
    {
      what: 'gzip that is cut off',
      body: gzipSync(body()).subarray(0, 30),
      encoding: 'gzip',
      status: 400,
      code: 'request.malformed',
    },
    {
      what: 'an unknown encoding',
      body: Buffer.from('x'),
      encoding: 'br',
      status: 415,
      code: 'request.unsupported_encoding',
    },
    {
      what: 'two encodings',
      body: gzipSync(gzipSync('x')),
      encoding: 'gzip, gzip',
      status: 415,
      code: 'request.unsupported_encoding',
    },
    {
      what: 'bytes that are not UTF-8',
      body: Buffer.from([0x22, 0xff, 0x22]),
      encoding: undefined,
      status: 400,
      code: 'request.malformed',
    },
    {
      what: 'a binary body of more than 4 MiB',
      body: Buffer.alloc(BODY_LIMIT_BYTES + 1),
      encoding: undefined,
      status: 413,
      code: 'request.body_too_large',
    },
  ])('fails for $what with $status', async ({ body, encoding, status, code }) => {
    const { call } = await openInfer();
    const answer = await call(INFER, { body, headers: encoding === undefined ? {} : { 'content-encoding': encoding } });
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });

  it('fails with 500 and the version where the model fails, and logs it with its cause', async () => {
    const error = modelFailed('fraud', 2);
    const { call, logged } = await openInfer({ run: () => Promise.reject(error) });
    const answer = await call(INFER, { body: body() });
    expect(answer.status).toBe(500);
    expect(answer.json()).toEqual({ error: 'version 2 of fraud failed on this input', code: 'infer.model_failed' });
    expect(logged).toEqual([error]);
  });

  it('fails with 500 and no word of a bug, which goes to the log', async () => {
    const bug = new Error('secret');
    const { call, logged } = await openInfer({ run: () => Promise.reject(bug) });
    for (const route of [INFER, 'POST /endpoints/fraud/invocations']) {
      const answer = await call(route, { body: body() });
      expect(answer.status).toBe(500);
      expect(JSON.stringify(answer)).not.toContain('secret');
      expect(answer.text).not.toContain('handler.ts');
    }
    expect(logged).toEqual([bug, bug]);
  });

  it('fails with 503 while the registry cannot be asked', async () => {
    const down = () =>
      Promise.reject(new PlatformError('registry.unavailable', { message: 'down', details: { operation: 'GetItem' } }));
    const { call } = await openInfer({ change: { findVersion: down } });
    expect(await call('GET /v2/models/fraud/versions/1')).toMatchObject({ status: 503 });
  });
});

describe('metadata by the Open Inference Protocol', () => {
  const described = {
    name: 'fraud',
    versions: ['3', '2', '1'],
    platform: 'onnxruntime_onnx',
    inputs: [
      { name: 'a', datatype: 'FP32', shape: [-1, 2] },
      { name: 'b', datatype: 'INT64', shape: [-1] },
    ],
    outputs: [
      { name: 'y', datatype: 'FP32', shape: [-1, 2] },
      { name: 'z', datatype: 'FP32', shape: [-1, 2] },
    ],
  };

  it.each(['GET /v2/models/fraud', 'GET /v2/models/fraud/versions/3'])('describes the model at %s', async (route) => {
    const { call } = await openInfer({ signature: two() });
    const answer = await call(route);
    expect(answer.json()).toEqual(described);
    expect(answer.headers['x-keelson-model-version']).toMatch(/^[23]$/);
  });

  it.each([
    { route: 'GET /v2/models/fraud/ready', version: '2' },
    { route: 'GET /v2/models/fraud/versions/1/ready', version: '1' },
  ])('is ready at $route', async ({ route, version }) => {
    const { call } = await openInfer();
    expect(await call(route)).toMatchObject({ status: 200, headers: { 'x-keelson-model-version': version } });
    expect((await call(route)).json()).toEqual({ name: 'fraud', version, ready: true });
  });

  it('fails to be ready while nothing is rolled out', async () => {
    expect(await (await openInfer()).call('GET /v2/models/unused/ready')).toMatchObject({ status: 503 });
  });
});
