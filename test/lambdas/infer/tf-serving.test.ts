import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { modelFailed } from '../../support/fake-runtime.ts';
import { openInfer } from './infer-fixture.ts';

const PREDICT = 'POST /v1/models/fraud:predict';

type Signature = ModelVersion['signature'];
const only = (datatype: Tensor['datatype'], shape: Signature['inputs'][number]['shape'], output = 'y'): Signature => ({
  inputs: [{ name: 'x', datatype, shape }],
  outputs: [{ name: output, datatype, shape }],
});

/** A number and a text a row in; both a row out, under other names. */
const two = {
  signature: {
    inputs: [
      { name: 'n', datatype: 'FP32', shape: ['N', 1] },
      { name: 't', datatype: 'BYTES', shape: ['N'] },
    ],
    outputs: [
      { name: 'a', datatype: 'FP32', shape: ['N', 1] },
      { name: 'b_bytes', datatype: 'BYTES', shape: ['N'] },
    ],
  } satisfies Signature,
  run: ([n, t]: readonly Tensor[]): Tensor[] => [
    { ...n!, name: 'a' },
    { ...t!, name: 'b_bytes' },
  ],
};

const predict = async (body: unknown, parts: Parameters<typeof openInfer>[0] = {}) => {
  const { call } = await openInfer(parts);
  return call(PREDICT, { body: typeof body === 'string' ? body : JSON.stringify(body) });
};

describe('predict by TensorFlow Serving', () => {
  it('answers with the champion, its version and the prediction’s id', async () => {
    const { status, headers, text } = await predict({ instances: [[1, 2]] });
    expect([status, text]).toEqual([200, '{"predictions":[[1,2]]}']);
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-keelson-model-version': '2',
      'x-keelson-prediction-id': 'fresh-id',
    });
  });

  it('answers with the version in the path, and takes the caller’s id', async () => {
    const { call } = await openInfer();
    const { headers } = await call('POST /v1/models/fraud/versions/3:predict', {
      body: '{"instances":[[1,2]]}',
      headers: { 'x-keelson-prediction-id': 'mine' },
    });
    expect(headers).toMatchObject({ 'x-keelson-model-version': '3', 'x-keelson-prediction-id': 'mine' });
  });

  it.each([
    {
      what: 'rows',
      body: {
        instances: [
          [1, 2],
          [3, 4],
        ],
      },
      answer: '{"predictions":[[1,2],[3,4]]}',
    },
    { what: 'rows by name', body: { instances: [{ x: [1, 2] }] }, answer: '{"predictions":[[1,2]]}' },
    {
      what: 'a bare column',
      body: {
        inputs: [
          [1, 2],
          [3, 4],
        ],
      },
      answer: '{"outputs":[[1,2],[3,4]]}',
    },
    { what: 'a column by name', body: { inputs: { x: [[1, 2]] } }, answer: '{"outputs":[[1,2]]}' },
    { what: 'no rows', body: { inputs: [] }, answer: '{"outputs":[]}' },
    {
      what: 'the signature by its name',
      body: { signature_name: 'serving_default', instances: [[1, 2]] },
      answer: '{"predictions":[[1,2]]}',
    },
    {
      what: 'NaN and infinities',
      body: '{"instances":[[NaN,-Infinity]]}',
      answer: '{"predictions":[[NaN,-Infinity]]}',
    },
    { what: 'fields it does not know', body: { instances: [[1, 2]], extra: 1 }, answer: '{"predictions":[[1,2]]}' },
  ])('takes $what', async ({ body, answer }) => {
    const { status, text } = await predict(body);
    expect([status, text]).toEqual([200, answer]);
  });

  it.each([
    { what: 'scalars', signature: only('FP32', ['N']), body: { instances: [1, 2] }, answer: '{"predictions":[1,2]}' },
    { what: 'a scalar', signature: only('FP32', []), body: { inputs: 3 }, answer: '{"outputs":3}' },
    {
      what: 'a list for a column',
      signature: only('FP32', ['N', 1]),
      body: { inputs: [1, 2] },
      answer: '{"outputs":[[1],[2]]}',
    },
    {
      what: '64-bit integers',
      signature: only('INT64', ['N']),
      body: '{"inputs":[9007199254740993]}',
      answer: '{"outputs":[9007199254740993]}',
    },
    { what: 'booleans', signature: only('BOOL', ['N']), body: { inputs: [true] }, answer: '{"outputs":[true]}' },
    { what: 'text', signature: only('BYTES', ['N']), body: { instances: ['é'] }, answer: '{"predictions":["é"]}' },
    {
      what: 'text in base64',
      signature: only('BYTES', ['N']),
      body: { instances: [{ b64: 'w6k=' }, 'b64'] },
      answer: '{"predictions":["é","b64"]}',
    },
    {
      what: 'a text that reads like base64',
      signature: only('BYTES', ['N']),
      body: { inputs: ['"b64"'] },
      answer: '{"outputs":["\\"b64\\""]}',
    },
    {
      what: 'an output of bytes',
      signature: only('BYTES', ['N'], 'y_bytes'),
      body: { inputs: ['é', ''] },
      answer: '{"outputs":[{"b64":"w6k="},{"b64":""}]}',
    },
    {
      what: 'an output whose name alone says bytes',
      signature: only('FP32', ['N'], 'y_bytes'),
      body: { inputs: [1] },
      answer: '{"outputs":[1]}',
    },
  ])('takes $what', async ({ signature, body, answer }) => {
    const { status, text } = await predict(body, { signature });
    expect([status, text]).toEqual([200, answer]);
  });

  it('takes several inputs and answers several outputs by name', async () => {
    const rows = await predict(
      {
        instances: [
          { n: [1], t: 'p' },
          { n: [2], t: { b64: 'cQ==' } },
        ],
      },
      two,
    );
    expect(rows.text).toBe('{"predictions":[{"a":[1],"b_bytes":{"b64":"cA=="}},{"a":[2],"b_bytes":{"b64":"cQ=="}}]}');
    const columns = await predict({ inputs: { t: ['p', { b64: 'cQ==' }], n: [1, 2] } }, two);
    expect(columns.text).toBe('{"outputs":{"a":[[1],[2]],"b_bytes":[{"b64":"cA=="},{"b64":"cQ=="}]}}');
  });

  it.each([
    { what: 'neither instances nor inputs', body: {}, code: 'request.invalid', says: 'exactly one' },
    { what: 'both', body: { instances: [[1, 2]], inputs: [[1, 2]] }, code: 'request.invalid', says: 'exactly one' },
    { what: 'instances that are no array', body: { instances: { x: 1 } }, code: 'request.invalid', says: 'array' },
    { what: 'no instance', body: { instances: [] }, code: 'request.invalid', says: 'at least one' },
    {
      what: 'another signature',
      body: { signature_name: 'q', inputs: [] },
      code: 'request.invalid',
      says: 'serving_default',
    },
    { what: 'an array', body: [[1, 2]], code: 'request.invalid', says: '' },
    { what: 'broken JSON', body: '{"instances":', code: 'request.malformed', says: 'ends too early' },
    { what: 'no body', body: '', code: 'request.invalid', says: 'exactly one' },
    { what: 'a number beyond doubles', body: '{"inputs":[[1e999,1]]}', code: 'request.malformed', says: 'double' },
    {
      what: 'nesting without end',
      body: `{"inputs":${'['.repeat(250_000)}`,
      code: 'request.malformed',
      says: 'nested',
    },
    { what: 'ragged rows', body: { inputs: [[1, 2], [3]] }, code: 'infer.shape_mismatch', says: '"x"' },
    { what: 'a row too wide', body: { instances: [[1, 2, 3]] }, code: 'infer.shape_mismatch', says: '[N, 2]' },
    { what: 'another input', body: { inputs: { q: [[1, 2]] } }, code: 'infer.input_missing', says: '"x"' },
    { what: 'one input more', body: { inputs: { x: [[1, 2]], q: 1 } }, code: 'infer.input_unknown', says: '"q"' },
    {
      what: 'a prototype as input',
      body: '{"inputs":{"__proto__":[[1,2]]}}',
      code: 'infer.input_missing',
      says: '"x"',
    },
    { what: 'text for numbers', body: { instances: [['1', '2']] }, code: 'infer.value_invalid', says: 'element 0' },
    { what: 'null for a number', body: { instances: [[null, 1]] }, code: 'infer.value_invalid', says: 'NaN' },
    { what: 'broken base64', body: { instances: [{ x: { b64: '*' } }] }, code: 'request.invalid', says: 'base64' },
    { what: 'base64 that is no text', body: { inputs: [{ b64: '/w==' }] }, code: 'infer.value_invalid', says: 'UTF-8' },
  ])('fails for $what', async ({ body, code, says }) => {
    const answer = await predict(body);
    expect([answer.status, answer.json()['code']]).toEqual([400, code]);
    expect(answer.json()['error']).toContain(says);
  });

  it('fails in rows for an output that has none, and tells it in columns', async () => {
    const run = (_: unknown, outputs: readonly string[]): Tensor[] =>
      outputs.map((name) => ({ name, datatype: 'FP32', shape: [], data: Float32Array.of(3) }));
    const rows = await predict({ instances: [[1, 2]] }, { run });
    expect(rows.status).toBe(400);
    expect(rows.json()['error']).toContain('"inputs"');
    expect((await predict({ inputs: [[1, 2]] }, { run })).text).toBe('{"outputs":3}');
  });

  it('fails with 500 where the model does, and with 415 for another type', async () => {
    const failing = { run: () => Promise.reject(modelFailed('fraud', 2)) };
    expect(await predict({ instances: [[1, 2]] }, failing)).toMatchObject({ status: 500 });
    const { call } = await openInfer();
    const answer = await call(PREDICT, { body: '1,2', headers: { 'content-type': 'text/csv' } });
    expect(answer.status).toBe(415);
  });

  it.each([
    { route: 'POST /v1/models/nobody:predict', status: 404, code: 'registry.service_not_found' },
    { route: 'POST /v1/models/fraud/versions/9:predict', status: 404, code: 'registry.version_not_found' },
    { route: 'POST /v1/models/fraud/versions/x:predict', status: 404, code: 'registry.version_not_found' },
    { route: 'POST /v1/models/unused:predict', status: 503, code: 'infer.no_version' },
    { route: 'POST /v1/models/fraud:classify', status: 404, code: 'request.route_not_found' },
    { route: 'POST /v1/models/fraud', status: 404, code: 'request.route_not_found' },
    { route: 'POST /v1/models/:predict', status: 404, code: 'request.route_not_found' },
    { route: 'GET /v1/models/fraud:predict', status: 404, code: 'request.route_not_found' },
    { route: 'GET /v1/models/fraud/labels/a', status: 404, code: 'request.route_not_found' },
    { route: 'GET /v1/models/nobody', status: 404, code: 'registry.service_not_found' },
    { route: 'GET /v1/models/unused', status: 503, code: 'infer.no_version' },
  ])('fails for $route with $status', async ({ route, status, code }) => {
    const { call } = await openInfer();
    const answer = await call(route, { body: '{"instances":[[1,2]]}' });
    expect([answer.status, answer.json()['code']]).toEqual([status, code]);
  });
});

describe('a model’s state by TensorFlow Serving', () => {
  it.each([
    ['GET /v1/models/fraud', '2'],
    ['GET /v1/models/fraud/versions/3', '3'],
  ])('is told by %s, in KServe’s shape too', async (route, version) => {
    const { call } = await openInfer();
    const { headers, json } = await call(route);
    expect(json()).toEqual({
      model_version_status: [{ version, state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } }],
      name: 'fraud',
      ready: true,
    });
    expect(headers['x-keelson-model-version']).toBe(version);
  });

  it('has the inputs and outputs in its metadata', async () => {
    const { call } = await openInfer(two);
    const { json } = await call('GET /v1/models/fraud/metadata');
    expect(json()).toMatchObject({ model_spec: { name: 'fraud', signature_name: '', version: '2' } });
    const { inputs, outputs, method_name } = (
      json() as { metadata: { signature_def: { signature_def: { serving_default: Record<string, unknown> } } } }
    ).metadata.signature_def.signature_def.serving_default as Record<string, Record<string, unknown>>;
    expect(method_name).toBe('tensorflow/serving/predict');
    const dim = (...sizes: string[]) => ({ dim: sizes.map((size) => ({ size, name: '' })), unknown_rank: false });
    expect(inputs).toEqual({
      n: { name: 'n', dtype: 'DT_FLOAT', tensor_shape: dim('-1', '1') },
      t: { name: 't', dtype: 'DT_STRING', tensor_shape: dim('-1') },
    });
    expect(Object.keys(outputs ?? {})).toEqual(['a', 'b_bytes']);
    expect((await call('GET /v1/models/fraud/versions/3/metadata')).json()).toMatchObject({
      model_spec: { version: '3' },
    });
  });
});
