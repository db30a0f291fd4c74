import { describe, expect, it } from 'vitest';
import type { KeelsonError } from '../../../../apps/cli/typed-client/template.ts';
import type { ModelVersion } from '../../../../core/contracts/api.ts';
import { openInfer } from '../../../lambdas/infer/infer-fixture.ts';
import { aVersion } from '../../../support/a-version.ts';
import { importClient, typedClient } from '../../../support/typed-client.ts';

type Signature = ModelVersion['signature'];

interface Module {
  readonly KeelsonError: typeof KeelsonError;
  readonly createClient: (options: object) => {
    infer(inputs: object, call?: object): Promise<{ outputs: Record<string, { shape: number[]; data: unknown[] }> }>;
    predict(rows: unknown[], call?: object): Promise<{ predictions: unknown[] }>;
  };
}

const tensor = (name: string, datatype: Signature['inputs'][number]['datatype'], shape: (string | number)[]) => ({
  name,
  datatype,
  shape,
});

/** `x` comes back as `y`. */
const echo = (datatype: Signature['inputs'][number]['datatype'], shape: (string | number)[]): Signature => ({
  inputs: [tensor('x', datatype, shape)],
  outputs: [tensor('y', datatype, shape)],
});

/** A client whose requests the inference function answers. */
async function open(parts: Partial<ModelVersion> & { signature: Signature }, options: object = {}) {
  const { call } = await openInfer({ signature: parts.signature });
  const requests: { url: string; headers: Record<string, string>; body: string }[] = [];
  const send = async (url: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    requests.push({ url, headers, body });
    const answer = await call(`POST ${new URL(url).pathname}`, { headers, body });
    return new Response(answer.text, { status: answer.status ?? 0, headers: answer.headers as Record<string, string> });
  };
  const module = await importClient<Module>(typedClient(aVersion(parts)));
  return { ...module, requests, client: module.createClient({ url: 'http://keelson.test/', fetch: send, ...options }) };
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a written client, against the inference function', () => {
  it('carries 64-bit integers exactly, both ways', async () => {
    const { client } = await open({ signature: echo('INT64', ['N']) });
    const values = [2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n, 0n];
    expect((await client.infer({ x: [...values, 7] })).outputs['y']?.data).toEqual([...values, 7n]);
  });

  it('carries NaN, infinities, negative zero and every float exactly, both ways', async () => {
    const { client } = await open({ signature: echo('FP64', ['N', 6]) });
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324, 1.7976931348623157e308];
    const { predictions } = await client.predict([values]);
    expect(predictions).toEqual([{ y: values }]);
  });

  it('carries strings that look like JSON, like numbers and like NaN', async () => {
    const { client } = await open({ signature: echo('BYTES', ['N']) });
    const values = ['"', '\\', '\\"NaN', 'NaN', '12', '-Infinity', '{"a":[1,', 'größe\u2028\n', ''];
    expect((await client.predict(values)).predictions).toEqual(values.map((y) => ({ y })));
  });

  it('takes booleans, and flat data with its shape', async () => {
    const { client } = await open({ signature: echo('BOOL', ['N', 2]) });
    const { outputs } = await client.infer({ x: { shape: [1, 2], data: [true, false] } });
    expect(outputs['y']).toEqual({ shape: [1, 2], data: [true, false] });
  });

  it('takes and gives a tensor without dimensions', async () => {
    const { client } = await open({ signature: echo('UINT64', []) });
    expect((await client.infer({ x: 2n ** 64n - 1n })).outputs['y']).toEqual({ shape: [], data: [2n ** 64n - 1n] });
  });

  it('takes no rows at all', async () => {
    const { client } = await open({ signature: echo('FP32', ['N', 2]) });
    expect((await client.predict([])).predictions).toEqual([]);
  });

  it('lays features out in the order of the model, whatever the order of a row', async () => {
    const metadata = { feature_names: '["b","__proto__","a"]' };
    const { client } = await open({ signature: echo('FP32', ['N', 3]), metadata });
    const row = JSON.parse('{"a":3,"__proto__":2,"b":1}') as object;
    expect((await client.predict([row])).predictions).toEqual([{ y: [1, 2, 3] }]);
  });

  it('gives scores by class label', async () => {
    const { client } = await open({ signature: echo('FP32', ['N', 2]), classLabels: { y: ['no', 'yes'] } });
    expect((await client.predict([[0.25, 0.75]])).predictions).toEqual([{ y: { no: 0.25, yes: 0.75 } }]);
  });

  it('takes and gives one value a row for columns', async () => {
    const { client } = await open({
      signature: {
        inputs: [tensor('name', 'BYTES', ['N', 1]), tensor('age', 'FP32', ['N', 1])],
        outputs: [tensor('y', 'BYTES', ['N', 1])],
      },
    });
    const rows = [
      { age: 1, name: 'a' },
      { name: 'b', age: Number.NaN },
    ];
    expect((await client.predict(rows)).predictions).toEqual([{ y: 'a' }, { y: 'b' }]);
  });

  it('tells version and prediction id, and sends the id that it is given', async () => {
    const { client } = await open({ signature: echo('FP32', ['N']) });
    expect(await client.predict([1])).toMatchObject({ modelVersion: 2, predictionId: 'fresh-id' });
    expect(await client.predict([1], { id: 'order-7' })).toMatchObject({ predictionId: 'order-7' });
  });

  it('asks a version, with the headers and the signature that it is told', async () => {
    const sign = async ({ headers, body }: { headers: Record<string, string>; body: string }) => ({
      authorization: `signed ${headers['x-team']} ${body.length}`,
    });
    const { client, requests } = await open(
      { signature: echo('FP32', ['N']) },
      { version: 3, headers: { 'x-team': 'a' }, sign },
    );
    expect(await client.infer({ x: [1] }, { headers: { 'x-call': 'b' } })).toMatchObject({ modelVersion: 3 });
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = requests;
    expect(url).toBe('http://keelson.test/v2/models/fraud/versions/3/infer');
    expect(headers).toMatchObject({ 'x-team': 'a', 'x-call': 'b', authorization: `signed a ${body.length}` });
  });

  it('fails with status, code and message of the service', async () => {
    const { client, KeelsonError } = await open({ signature: echo('UINT8', ['N']) });
    const error = await failureOf(client.predict([256]));
    expect(error).toBeInstanceOf(KeelsonError);
    expect(error).toMatchObject({ status: 400, code: 'infer.value_invalid', message: expect.stringContaining('"x"') });
  });

  it('fails before it sends what would be changed on its way', async () => {
    const { client, requests } = await open({ signature: echo('INT64', ['N', 2]) });
    await expect(client.predict([[1, 2 ** 53]])).rejects.toThrow('past 2^53 write a bigint');
    await expect(client.predict([[1, undefined]])).rejects.toThrow('element 1 of "x" is undefined');
    await expect(client.predict([[1, 2], [3]])).rejects.toThrow('not all of the same length');
    await expect(client.predict([[1, 2, 3]])).rejects.toThrow('takes the shape [any, 2], got [1, 3]');
    await expect(client.infer({ x: [[1, 2]], z: [1] })).rejects.toThrow('the model has no input "z"');
    await expect(client.infer({})).rejects.toThrow('the input "x" is missing');
    expect(requests).toEqual([]);
  });

  it.each([
    ['a page of a proxy', new Response('<h1>Bad gateway</h1>', { status: 502 }), { status: 502, code: 'http.502' }],
    [
      'an asking to wait',
      new Response('{"error":"busy","code":"throttled"}', { status: 429, headers: { 'retry-after': '2' } }),
      { status: 429, code: 'throttled', message: 'busy', retryAfterMs: 2000 },
    ],
    ['another answer', new Response('{}', { status: 200 }), { status: 200, code: 'answer.unexpected' }],
    ['no JSON', new Response('hello', { status: 200 }), { status: 200, code: 'answer.unexpected' }],
    [
      'a version with other outputs',
      new Response('{"model_version":"9","outputs":[]}', { headers: { 'x-keelson-prediction-id': 'p' } }),
      { code: 'answer.unexpected', message: expect.stringContaining('make it anew') },
    ],
  ])('fails for %s', async (_what, response, expected) => {
    const fetch = async () => response;
    const { client } = await open({ signature: echo('FP32', ['N']) }, { fetch });
    expect(await failureOf(client.predict([1]))).toMatchObject({ name: 'KeelsonError', ...expected });
  });

  it('fails where nobody answers', async () => {
    const { client } = await open({ signature: echo('FP32', ['N']) }, { url: 'http://127.0.0.1:1', fetch: undefined });
    const error = await failureOf(client.predict([1]));
    expect(error).toMatchObject({ name: 'KeelsonError', status: 0, code: 'connection.failed' });
  });
});
