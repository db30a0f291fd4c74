import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import { PlatformError } from '../../../core/domain/errors.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { modelFailed } from '../../support/fake-runtime.ts';
import { openInfer } from './infer-fixture.ts';

const INVOKE = 'POST /endpoints/fraud/invocations';
const type = (contentType: string, more: Record<string, string> = {}) => ({ 'content-type': contentType, ...more });

/** Two numbers and a text a row in; a text and two scores a row out. */
const MIXED: ModelVersion['signature'] = {
  inputs: [
    { name: 'n', datatype: 'FP64', shape: ['N', 2] },
    { name: 't', datatype: 'BYTES', shape: ['N', 1] },
  ],
  outputs: [
    { name: 'label', datatype: 'BYTES', shape: ['N'] },
    { name: 'scores', datatype: 'FP64', shape: ['N', 2] },
  ],
};
const mixed = {
  signature: MIXED,
  run: ([n, t]: readonly Tensor[]): Tensor[] => [
    { name: 'label', datatype: 'BYTES', shape: [n?.shape[0] ?? 0], data: t?.data as string[] },
    { ...(n as Tensor), name: 'scores' },
  ],
};

/** One input `x`, and the same as `y`. */
const only = (datatype: Tensor['datatype'], shape: ModelVersion['signature']['inputs'][number]['shape']) => ({
  signature: { inputs: [{ name: 'x', datatype, shape }], outputs: [{ name: 'y', datatype, shape }] },
});

describe('InvokeEndpoint', () => {
  it.each([
    {
      what: 'CSV',
      contentType: 'text/csv',
      body: '1,2\n3,4\n',
      answer: '1,2\n3,4\n',
      answerType: 'text/csv; charset=utf-8',
    },
    {
      what: 'CSV with a byte order mark and CRLF',
      contentType: 'text/csv; charset=utf-8',
      body: '\ufeff1,2\r\n3,4',
      answer: '1,2\n3,4\n',
      answerType: 'text/csv; charset=utf-8',
    },
    {
      what: 'instances',
      contentType: 'application/json',
      body: '{"instances":[[1,2],[3,4]]}',
      answer: '{"predictions":[[1,2],[3,4]]}',
      answerType: 'application/json',
    },
    {
      what: 'instances with features',
      contentType: 'application/json',
      body: '{"instances":[{"features":[1,2]}]}',
      answer: '{"predictions":[[1,2]]}',
      answerType: 'application/json',
    },
    {
      what: 'a bare array',
      contentType: 'application/json',
      body: '[[1,NaN]]',
      answer: '{"predictions":[[1,NaN]]}',
      answerType: 'application/json',
    },
    {
      what: 'JSON without a content type',
      contentType: '',
      body: '[[1,2]]',
      answer: '{"predictions":[[1,2]]}',
      answerType: 'application/json',
    },
    {
      what: 'JSON Lines',
      contentType: 'application/jsonlines',
      body: '[1,2]\n{"x":[3,4]}\r\n\n',
      answer: '[1,2]\n[3,4]\n',
      answerType: 'application/jsonlines',
    },
    {
      what: 'JSON Lines by its other name',
      contentType: 'application/x-jsonlines',
      body: '{"features":[1,2]}',
      answer: '[1,2]\n',
      answerType: 'application/jsonlines',
    },
  ])('takes $what and answers alike', async ({ contentType, body, answer, answerType }) => {
    const { call } = await openInfer();
    const { status, headers, text } = await call(INVOKE, {
      body,
      headers: contentType === '' ? {} : type(contentType),
    });
    expect([status, text]).toEqual([200, answer]);
    expect(headers).toEqual({
      'content-type': answerType,
      'x-keelson-model-version': '2',
      'x-keelson-prediction-id': 'fresh-id',
      'x-amzn-invoked-production-variant': 'champion',
    });
  });

  it.each([
    ['text/csv', '1,2\n'],
    ['application/jsonlines', '[1,2]\n'],
    ['application/json', '{"predictions":[[1,2]]}'],
    ['*/*', '{"predictions":[[1,2]]}'],
    ['application/json, text/csv;q=0.5', '{"predictions":[[1,2]]}'],
  ])('answers in what the caller accepts: %s', async (accept, text) => {
    const { call } = await openInfer();
    expect((await call(INVOKE, { body: '[[1,2]]', headers: { accept } })).text).toBe(text);
    expect((await call(INVOKE, { body: '1,2', headers: type('text/csv', { accept: 'application/json' }) })).text).toBe(
      '{"predictions":[[1,2]]}',
    );
  });

  it('takes an Open Inference body and answers in its shape', async () => {
    const { call } = await openInfer();
    const body = {
      id: 'i',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2] }],
      outputs: [{ name: 'y' }],
    };
    const { headers, json } = await call(INVOKE, { body: JSON.stringify(body) });
    expect(json()).toMatchObject({
      model_name: 'fraud',
      model_version: '2',
      id: 'i',
      outputs: [{ name: 'y', data: [1, 2] }],
    });
    expect(headers['x-amzn-invoked-production-variant']).toBe('champion');
  });

  it('takes the caller’s inference id as the prediction’s', async () => {
    const { call } = await openInfer();
    const id = (value: string) =>
      call(INVOKE, { body: '[[1,2]]', headers: { 'x-amzn-sagemaker-inference-id': value } });
    expect((await id('order 7')).headers['x-keelson-prediction-id']).toBe('order 7');
    expect(await id(' é')).toMatchObject({ status: 400 });
  });

  it('answers by the variant that is asked for: the champion, or a version by its number', async () => {
    const { call } = await openInfer();
    const ask = (variant: string) =>
      call(INVOKE, { body: '[[1,2]]', headers: { 'x-amzn-sagemaker-target-variant': variant } });
    for (const [variant, version] of [
      ['champion', '2'],
      ['3', '3'],
    ] as const) {
      const { status, headers } = await ask(variant);
      expect([status, headers['x-keelson-model-version']]).toEqual([200, version]);
      expect(headers['x-amzn-invoked-production-variant']).toBe(variant);
    }
    for (const variant of ['', 'AllTraffic', '0', '9', '1.5', '-1', '__proto__']) {
      const { status, headers, json } = await ask(variant);
      expect([status, headers['x-amzn-errortype']]).toEqual([400, 'ValidationError']);
      expect(json()['Message']).toMatch(/variant|version/);
    }
  });

  it('gives custom attributes back as they came', async () => {
    const { call } = await openInfer();
    const ask = (attributes: string) =>
      call(INVOKE, { body: '[[1,2]]', headers: { 'x-amzn-sagemaker-custom-attributes': attributes } });
    expect((await ask('trace=7; a')).headers['x-amzn-sagemaker-custom-attributes']).toBe('trace=7; a');
    expect(await ask('x'.repeat(1025))).toMatchObject({ status: 400 });
    expect(await ask('é')).toMatchObject({ status: 400 });
  });

  it.each(['target-model', 'target-container-hostname', 'inference-component'])(
    'fails for X-Amzn-SageMaker-%s rather than answer with another model',
    async (name) => {
      const { call } = await openInfer();
      const { status, headers } = await call(INVOKE, {
        body: '[[1,2]]',
        headers: { [`x-amzn-sagemaker-${name}`]: 'm' },
      });
      expect([status, headers['x-amzn-errortype']]).toEqual([400, 'ValidationError']);
    },
  );

  it('lays CSV columns out over several inputs, and several outputs side by side', async () => {
    const { call } = await openInfer(mixed);
    const csv = await call(INVOKE, { body: '1.5,,"a ""b"", c"\n-2e3,inf,\n', headers: type('text/csv') });
    expect(csv.text).toBe('"a ""b"", c",1.5,NaN\n,-2000,Infinity\n');
    const json = await call(INVOKE, { body: '{"instances":[{"n":[1,2],"t":"p"}]}' });
    expect(json.text).toBe('{"predictions":[{"label":"p","scores":[1,2]}]}');
  });

  it.each([
    { datatype: 'FP64', cell: ' 1.5 ', answer: '1.5' },
    { datatype: 'FP64', cell: '.5', answer: '0.5' },
    { datatype: 'FP64', cell: '+1e2', answer: '100' },
    { datatype: 'FP64', cell: 'NaN', answer: 'NaN' },
    { datatype: 'FP64', cell: '-Infinity', answer: '-Infinity' },
    { datatype: 'INT64', cell: '9007199254740993', answer: '9007199254740993' },
    { datatype: 'INT64', cell: '+9007199254740993', answer: '9007199254740993' },
    { datatype: 'UINT64', cell: '18446744073709551615', answer: '18446744073709551615' },
    { datatype: 'BOOL', cell: 'True', answer: 'true' },
    { datatype: 'BOOL', cell: '0', answer: 'false' },
    { datatype: 'BYTES', cell: ' é 007 ', answer: ' é 007 ' },
  ] as const)('reads the CSV cell "$cell" as $datatype', async ({ datatype, cell, answer }) => {
    const { call } = await openInfer(only(datatype, ['N']));
    expect((await call(INVOKE, { body: `${cell}\n`, headers: type('text/csv') })).text).toBe(`${answer}\n`);
  });

  it.each([
    { datatype: 'FP32', cell: 'abc' },
    { datatype: 'FP32', cell: '1e39' },
    { datatype: 'FP64', cell: '1e999' },
    { datatype: 'FP64', cell: '9'.repeat(400) },
    { datatype: 'FP64', cell: '0x10' },
    { datatype: 'FP64', cell: '1_000' },
    { datatype: 'FP64', cell: 'true' },
    { datatype: 'INT64', cell: 'nan' },
    { datatype: 'INT64', cell: '1.5' },
    { datatype: 'INT64', cell: '9223372036854775808' },
    { datatype: 'INT8', cell: '128' },
    { datatype: 'BOOL', cell: 'yes' },
    { datatype: 'BYTES', cell: 'a\0b' },
  ] as const)(
    'fails for the CSV cell "$cell" as $datatype, with its place and without quoting it',
    async ({ datatype, cell }) => {
      const { call } = await openInfer(only(datatype, ['N']));
      const answer = await call(INVOKE, { body: `${cell}\n`, headers: type('text/csv') });
      expect(answer.status).toBe(400);
      expect(answer.json()['Message']).toContain(`element 0 of "x" is not a ${datatype}`);
    },
  );

  it('tells an output whole where it does not have one entry a row', async () => {
    const run = (_: unknown, outputs: readonly string[]): Tensor[] =>
      outputs.map((name) => ({ name, datatype: 'FP32', shape: [], data: Float32Array.of(3) }));
    const { call } = await openInfer({ run });
    const { headers, json } = await call(INVOKE, { body: '1,2\n', headers: type('text/csv') });
    expect(json()).toMatchObject({ model_version: '2', outputs: [{ name: 'y', shape: [], data: [3] }] });
    expect(headers['content-type']).toBe('application/json');
  });

  it.each([
    { what: 'an unknown content type', headers: type('application/x-npy'), body: 'x', status: 415 },
    { what: 'no CSV row', headers: type('text/csv'), body: '\n\n', status: 400 },
    { what: 'CSV with a broken quote', headers: type('text/csv'), body: '"1,2', status: 400 },
    { what: 'a row too wide', headers: type('text/csv'), body: '1,2,3', status: 400 },
    { what: 'a header row', headers: type('text/csv'), body: 'a,b\n1,2', status: 400 },
    { what: 'no JSON line', headers: type('application/jsonlines'), body: '\n', status: 400 },
    { what: 'a broken JSON line', headers: type('application/jsonlines'), body: '[1,2]\n[3', status: 400 },
    { what: 'broken JSON', headers: {}, body: '{"instances":', status: 400 },
    { what: 'no body', headers: {}, body: '', status: 400 },
    { what: 'no instance', headers: {}, body: '{"instances":[]}', status: 400 },
    { what: 'instances that are no array', headers: {}, body: '{"instances":{"x":1}}', status: 400 },
    { what: 'another object', headers: {}, body: '{"rows":[[1,2]]}', status: 400 },
    { what: 'inputs that are no tensors', headers: {}, body: '{"inputs":[[1,2]]}', status: 400 },
    { what: 'an unknown input', headers: {}, body: '[{"q":[1,2]}]', status: 400 },
  ])('fails for $what with $status in AWS’s shape', async ({ headers, body, status }) => {
    const { call } = await openInfer();
    const answer = await call(INVOKE, { body, headers });
    expect(answer.status).toBe(status);
    expect(answer.headers['x-amzn-errortype']).toBe('ValidationError');
    expect(answer.json()).toEqual({ Message: expect.stringMatching(/./) });
  });

  it('fails for an unknown endpoint as a validation error', async () => {
    const { call } = await openInfer();
    const { status, headers, json } = await call('POST /endpoints/nobody/invocations', { body: '[[1,2]]' });
    expect([status, headers['x-amzn-errortype']]).toEqual([400, 'ValidationError']);
    expect(json()['Message']).toContain('nobody');
  });

  it('fails for a failing model as a model error', async () => {
    const { call, logged } = await openInfer({ run: () => Promise.reject(modelFailed('fraud', 2)) });
    const { status, headers, json } = await call(INVOKE, { body: '[[1,2]]' });
    expect([status, headers['x-amzn-errortype']]).toEqual([424, 'ModelError']);
    expect(json()).toEqual({
      Message: 'Received server error (500) from the model: version 2 of fraud failed on this input',
      OriginalStatusCode: 500,
      OriginalMessage: 'version 2 of fraud failed on this input',
      LogStreamArn: 'arn:aws:logs:log-stream',
    });
    expect(logged).toHaveLength(1);
  });

  it('fails as unavailable while nothing is rolled out', async () => {
    const { status, headers } = await (await openInfer()).call('POST /endpoints/unused/invocations', {
      body: '[[1,2]]',
    });
    expect([status, headers['x-amzn-errortype']]).toEqual([503, 'ServiceUnavailable']);
  });

  it('fails with 503 while the registry cannot be asked', async () => {
    const down = () =>
      Promise.reject(new PlatformError('registry.unavailable', { message: 'down', details: { operation: 'GetItem' } }));
    const opened = await openInfer();
    expect(await opened.call(INVOKE, { body: '[[1,2]]' })).toMatchObject({ status: 200 });
    const cold = await openInfer({ change: { findVersion: down } });
    expect(await cold.call(INVOKE, { body: '[[1,2]]' })).toMatchObject({ status: 503 });
  });
});
