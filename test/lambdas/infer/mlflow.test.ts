import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import { modelFailed } from '../../support/fake-runtime.ts';
import { openInfer } from './infer-fixture.ts';

const SCORE = 'POST /models/fraud/invocations';

type Parts = Parameters<typeof openInfer>[0];

/** A number and a text in, each a column; the same out. */
const NAMED: ModelVersion['signature'] = {
  inputs: [
    { name: 'age', datatype: 'FP32', shape: ['N', 1] },
    { name: 'sex', datatype: 'BYTES', shape: ['N'] },
  ],
  outputs: [
    { name: 'a', datatype: 'FP32', shape: ['N', 1] },
    { name: 's', datatype: 'BYTES', shape: ['N'] },
  ],
};
const named: Parts = {
  signature: NAMED,
  run: ([age, sex]: readonly Tensor[]) => [
    { ...age!, name: 'a' },
    { ...sex!, name: 's' },
  ],
};
/** `x` [N, 2], whose columns the file names. */
const features: Parts = { metadata: { feature_names: '["p","q"]' } };

const score = async (body: unknown, parts: Parts = {}, headers: Record<string, string> = {}) => {
  const { call } = await openInfer(parts);
  return call(SCORE, { body: typeof body === 'string' ? body : JSON.stringify(body), headers });
};
const split = (columns: unknown, data: unknown) => ({ dataframe_split: { columns, data } });
const csv = { 'content-type': 'text/csv' };

describe('scoring by MLflow', () => {
  it('answers with the champion, its version and the prediction’s id', async () => {
    const { status, headers, text } = await score(split(['p', 'q'], [[1, 2]]));
    expect([status, text]).toEqual([200, '{"predictions":[{"y":[1,2]}]}']);
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-keelson-model-version': '2',
      'x-keelson-prediction-id': 'fresh-id',
    });
  });

  it.each([
    {
      what: 'a split frame, in its order',
      body: split(
        ['b', 'a'],
        [
          [1, 2],
          [3, 4],
        ],
      ),
      rows: [
        [1, 2],
        [3, 4],
      ],
    },
    { what: 'numbered columns', body: split([0, 1], [[1, 2]]), parts: features, rows: [[1, 2]] },
    { what: 'named columns in another order', body: split(['q', 'p'], [[1, 2]]), parts: features, rows: [[2, 1]] },
    {
      what: 'names joined by commas',
      body: split(['q', 'p'], [[1, 2]]),
      parts: { metadata: { feature_names: 'p, q' } },
      rows: [[2, 1]],
    },
    {
      what: 'names that are too many for the input',
      body: split(['b', 'a'], [[1, 2]]),
      parts: { metadata: { feature_names: '["a","b","c"]' } },
      rows: [[1, 2]],
    },
    { what: 'records', body: { dataframe_records: [{ q: 1, p: 2 }] }, parts: features, rows: [[2, 1]] },
    {
      what: 'records whose keys differ in order',
      body: {
        dataframe_records: [
          { a: 1, b: 2 },
          { b: 4, a: 3 },
        ],
      },
      rows: [
        [1, 2],
        [3, 4],
      ],
    },
    {
      what: 'an index, params and unknown fields',
      body: { dataframe_split: { index: [7], columns: ['p', 'q'], data: [[1, 2]] }, params: { t: 1 }, z: 1 },
      rows: [[1, 2]],
    },
    {
      what: 'one column of rows',
      body: split(['x'], [[[1, 2]], [[3, 4]]]),
      rows: [
        [1, 2],
        [3, 4],
      ],
    },
    { what: 'no rows', body: split(['p', 'q'], []), rows: [] },
  ])('takes $what', async ({ body, parts, rows }) => {
    const { status, json } = await score(body, parts);
    expect([status, json()]).toEqual([200, { predictions: rows.map((y) => ({ y })) }]);
  });

  it('takes what is missing as NaN, whatever it is called', async () => {
    const answer = '{"predictions":[{"y":[NaN,1]},{"y":[-Infinity,NaN]}]}';
    expect((await score('{"dataframe_split":{"columns":["p","q"],"data":[[null,1],[-Infinity,NaN]]}}')).text).toBe(
      answer,
    );
    expect((await score('{"dataframe_records":[{"q":1},{"p":-Infinity}]}', features)).text).toBe(answer);
    expect((await score('p,q\n,1\n-inf,nan\n', {}, csv)).text).toBe(answer);
  });

  it('matches columns with inputs by name', async () => {
    const answer = '{"predictions":[{"a":[1],"s":"f"},{"a":[NaN],"s":"m, x"}]}';
    expect(
      (
        await score(
          split(
            ['sex', 'age'],
            [
              ['f', 1],
              ['m, x', null],
            ],
          ),
          named,
        )
      ).text,
    ).toBe(answer);
    expect((await score({ dataframe_records: [{ age: 1, sex: 'f' }, { sex: 'm, x' }] }, named)).text).toBe(answer);
    expect((await score('sex,age\nf,1\n"m, x",\n', named, csv)).text).toBe(answer);
  });

  it('takes tensors and answers tensors by the outputs’ names', async () => {
    expect((await score({ instances: [[1, 2]] })).text).toBe('{"predictions":{"y":[[1,2]]}}');
    expect((await score({ instances: [{ x: [1, 2] }] })).text).toBe('{"predictions":{"y":[[1,2]]}}');
    expect((await score({ inputs: [[1, 2]] })).text).toBe('{"predictions":{"y":[[1,2]]}}');
    expect((await score({ inputs: { age: [1], sex: [{ b64: 'Zg==' }] } }, named)).text).toBe(
      '{"predictions":{"a":[[1]],"s":["f"]}}',
    );
  });

  it('tells an output whole where it does not have one entry a row', async () => {
    const run = (_: unknown, outputs: readonly string[]): Tensor[] =>
      outputs.map((name) => ({ name, datatype: 'FP32', shape: [], data: Float32Array.of(3) }));
    expect((await score(split(['p', 'q'], [[1, 2]]), { run })).text).toBe('{"predictions":{"y":3}}');
  });

  it.each([
    ['application/json', 200],
    ['application/json; charset=utf-8', 200],
    ['application/json; charset=UTF8', 200],
    ['application/x-www-form-urlencoded', 200],
    ['application/json; charset=latin-1', 415],
    ['application/json; charset="utf-16"', 415],
    ['text/plain', 415],
    ['text/csv; charset=latin-1', 415],
  ])('takes the content-type %s with %i', async (type, status) => {
    const answer = await score({ instances: [[1, 2]] }, {}, { 'content-type': type });
    expect(answer.status).toBe(status);
    if (status === 415) expect(answer.json()).toMatchObject({ error_code: 'BAD_REQUEST' });
  });

  it.each([
    { what: 'nothing', body: {}, says: 'exactly one' },
    { what: 'two ways at once', body: { instances: [[1, 2]], ...split(['p', 'q'], [[1, 2]]) }, says: 'exactly one' },
    { what: 'rows without columns', body: { dataframe_split: { data: [[1, 2]] } }, says: 'columns' },
    { what: 'rows that are no arrays', body: split(['p', 'q'], [1]), says: 'each an array' },
    { what: 'records that are no objects', body: { dataframe_records: [[1, 2]] }, says: 'objects' },
    { what: 'a million mistakes', body: `{"dataframe_records":[${'1,'.repeat(1_000_000)}1]}`, says: 'objects' },
    { what: 'a column given twice', body: split(['p', 'p'], [[1, 2]]), says: 'twice' },
    { what: 'a row of another width', body: split(['p', 'q'], [[1, 2], [3]]), says: 'row 2' },
    { what: 'too few columns', body: split(['p'], [[1]]), says: '1 columns' },
    { what: 'a missing column', body: split(['p', 'r'], [[1, 2]]), parts: features, says: '"q" is missing' },
    { what: 'an unknown column', body: split(['p', 'q', 'r'], [[1, 2, 3]]), parts: features, says: '"r"' },
    { what: 'a missing input', body: split(['age'], [[1]]), parts: named, says: '"sex"' },
    { what: 'a missing text', body: split(['age', 'sex'], [[1, null]]), parts: named, says: '"sex"' },
    {
      what: 'a prototype for a column',
      body: '{"dataframe_records":[{"__proto__":1,"p":2}]}',
      parts: features,
      says: '"q"',
    },
    {
      what: 'records of which each has columns of its own',
      body: { dataframe_records: Array.from({ length: 3_000 }, (_, at) => ({ [`c${at}`]: 1 })) },
      says: '3000 different columns',
    },
    { what: 'text for a number', body: split(['p', 'q'], [['a', 1]]), says: 'element 0' },
    { what: 'broken JSON', body: '{"inputs":', says: 'ends too early' },
    { what: 'nesting without end', body: `{"inputs":${'['.repeat(250_000)}`, says: 'nested' },
    { what: 'CSV without a row', body: '', headers: csv, says: 'header row' },
    { what: 'CSV of another width', body: 'p,q\n1\n', headers: csv, says: 'row 1' },
    { what: 'CSV with text for a number', body: 'p,q\n1,b\n', headers: csv, says: 'element 1' },
  ])('fails for $what', async ({ body, parts, headers, says }) => {
    const answer = await score(body, parts, headers);
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({ error_code: 'BAD_REQUEST', message: expect.stringContaining(says) });
  });

  it.each([
    { route: 'POST /models/nobody/invocations', status: 404, error_code: 'RESOURCE_DOES_NOT_EXIST' },
    { route: 'POST /models/unused/invocations', status: 503, error_code: 'TEMPORARILY_UNAVAILABLE' },
    { route: 'GET /models/fraud/invocations', status: 404, error_code: 'RESOURCE_DOES_NOT_EXIST' },
  ])('fails for $route with $status in MLflow’s shape', async ({ route, status, error_code }) => {
    const { call } = await openInfer();
    const answer = await call(route, { body: '{"inputs":[[1,2]]}' });
    expect([answer.status, answer.json()]).toEqual([status, { error_code, message: expect.stringMatching(/./) }]);
  });

  it('fails as an internal error where the model does', async () => {
    const answer = await score({ inputs: [[1, 2]] }, { run: () => Promise.reject(modelFailed('fraud', 2)) });
    expect([answer.status, answer.json()['error_code']]).toEqual([500, 'INTERNAL_ERROR']);
  });
});
