import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import { binaryBody, bytesOf, readBinaryAnswer, stringBytes } from '../../support/binary-request.ts';
import { type Answer, openInfer } from './infer-fixture.ts';

const INFER = 'POST /v2/models/fraud/infer';

type Shape = ModelVersion['signature']['inputs'][number]['shape'];
const one = (datatype: ModelVersion['signature']['inputs'][number]['datatype'], shape: Shape) => ({
  signature: { inputs: [{ name: 'x', datatype, shape }], outputs: [{ name: 'y', datatype, shape }] },
});

const floats = (...values: number[]) => bytesOf(Float32Array.from(values));
const x = { name: 'x', datatype: 'FP32', shape: [1, 2] };
const request = (more?: Record<string, unknown>) => binaryBody([{ tensor: x, bytes: floats(1, 2) }], more);
const read = ({ bytes, headers }: Answer) =>
  readBinaryAnswer(bytes, Number(headers['inference-header-content-length']));

describe('the binary extension', () => {
  it.each([
    { datatype: 'BOOL', bytes: bytesOf(Uint8Array.of(1, 0)) },
    { datatype: 'UINT8', bytes: bytesOf(Uint8Array.of(0, 255)) },
    { datatype: 'UINT16', bytes: bytesOf(Uint16Array.of(1, 65_535)) },
    { datatype: 'UINT32', bytes: bytesOf(Uint32Array.of(1, 2 ** 32 - 1)) },
    { datatype: 'UINT64', bytes: bytesOf(BigUint64Array.of(1n, 2n ** 64n - 1n)) },
    { datatype: 'INT8', bytes: bytesOf(Int8Array.of(-128, 127)) },
    { datatype: 'INT16', bytes: bytesOf(Int16Array.of(-32_768, 1)) },
    { datatype: 'INT32', bytes: bytesOf(Int32Array.of(-(2 ** 31), 1)) },
    { datatype: 'INT64', bytes: bytesOf(BigInt64Array.of(2n ** 53n + 1n, -(2n ** 63n))) },
    { datatype: 'FP16', bytes: bytesOf(Uint16Array.of(0x7e01, 0xfc00)) },
    { datatype: 'FP32', bytes: bytesOf(Uint32Array.of(0x7fc0_0001, 0xff80_0000)) },
    { datatype: 'FP64', bytes: bytesOf(Float64Array.of(Number.MIN_VALUE, -0)) },
    { datatype: 'BYTES', bytes: stringBytes(['', 'é\ufeff "\n']) },
  ] as const)('carries $datatype to the bit, there and back', async ({ datatype, bytes }) => {
    const { call } = await openInfer(one(datatype, [2]));
    // Of two inputs' lengths the first shifts the second off its alignment.
    const answer = await call(INFER, binaryBody([{ tensor: { name: 'x', datatype, shape: [2] }, bytes }]));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'x-keelson-model-version': '2',
      'x-keelson-prediction-id': 'fresh-id',
    });
    const { head, outputs } = read(answer);
    expect(head).toMatchObject({ model_name: 'fraud', model_version: '2' });
    expect(outputs[0]).toMatchObject({ name: 'y', datatype, shape: [2] });
    expect(outputs[0]?.bytes?.equals(bytes)).toBe(true);
  });

  it('reads inputs that do not lie on their alignment', async () => {
    const signature = {
      inputs: [
        { name: 'a', datatype: 'UINT8', shape: [1] },
        { name: 'b', datatype: 'FP64', shape: [1] },
      ],
      outputs: [{ name: 'y', datatype: 'FP64', shape: [1] }],
    } satisfies ModelVersion['signature'];
    const { call } = await openInfer({ signature, run: ([, b]) => [{ ...b!, name: 'y' }] });
    for (const pad of ['', ' ', '  ', '   ']) {
      const parts = binaryBody(
        [
          { tensor: { name: 'a', datatype: 'UINT8', shape: [1] }, bytes: Uint8Array.of(7) },
          { tensor: { name: 'b', datatype: 'FP64', shape: [1] }, bytes: bytesOf(Float64Array.of(1.5)) },
        ],
        { pad },
      );
      expect((await call(INFER, parts)).text).toContain('"data":[1.5]');
    }
  });

  it.each([
    { what: 'all by default', more: { parameters: { binary_data_output: true } }, binary: true },
    { what: 'none by default', more: {}, binary: false },
    {
      what: 'one by its own word',
      more: { outputs: [{ name: 'y', parameters: { binary_data: true } }] },
      binary: true,
    },
    {
      what: 'one against the default',
      more: { parameters: { binary_data_output: true }, outputs: [{ name: 'y', parameters: { binary_data: false } }] },
      binary: false,
    },
  ])('answers in binary: $what', async ({ more, binary }) => {
    const { call } = await openInfer();
    const answer = await call(INFER, request(more));
    expect(answer.headers['content-type']).toBe(binary ? 'application/octet-stream' : 'application/json');
    const json = await call(INFER, { body: JSON.stringify({ inputs: [{ ...x, data: [1, 2] }], ...more }) });
    expect(json.bytes.equals(answer.bytes)).toBe(true);
    if (binary) expect(read(answer).outputs[0]?.bytes?.equals(floats(1, 2))).toBe(true);
    else expect(answer.json()['outputs']).toEqual([{ name: 'y', datatype: 'FP32', shape: [1, 2], data: [1, 2] }]);
  });

  it('mixes JSON and binary, in requests and in answers', async () => {
    const signature = {
      inputs: [
        { name: 'a', datatype: 'FP32', shape: ['N'] },
        { name: 'b', datatype: 'FP32', shape: ['N'] },
      ],
      outputs: [
        { name: 'y', datatype: 'FP32', shape: ['N'] },
        { name: 'z', datatype: 'FP32', shape: ['N'] },
      ],
    } satisfies ModelVersion['signature'];
    const { call } = await openInfer({
      signature,
      run: (inputs, names) => names.map((name, at) => ({ ...inputs[at]!, name })),
    });
    const head = JSON.stringify({
      id: 'mine',
      inputs: [
        { name: 'a', datatype: 'FP32', shape: [2], data: [1, 2] },
        { name: 'b', datatype: 'FP32', shape: [2], parameters: { binary_data_size: 8 } },
      ],
      outputs: [{ name: 'y', parameters: { binary_data: true } }, { name: 'z' }],
    });
    const body = Buffer.concat([Buffer.from(head), floats(3, 4)]);
    const answer = await call(INFER, { body, headers: { 'inference-header-content-length': String(head.length) } });
    const { head: answered, outputs } = read(answer);
    expect(answered['id']).toBe('mine');
    expect(answer.headers['x-keelson-prediction-id']).toBe('mine');
    expect(outputs[0]?.bytes?.equals(floats(1, 2))).toBe(true);
    expect(outputs[1]).toMatchObject({ data: [3, 4] });
  });

  it('takes no rows', async () => {
    const { call } = await openInfer();
    const answer = await call(INFER, binaryBody([{ tensor: { ...x, shape: [0, 2] }, bytes: floats() }]));
    expect(read(answer).outputs[0]).toMatchObject({ shape: [0, 2], bytes: Buffer.alloc(0) });
  });

  it('takes compressed bodies, whose length is the one before compression', async () => {
    const { call } = await openInfer();
    const { body, headers } = request();
    const answer = await call(INFER, { body: gzipSync(body), headers: { ...headers, 'content-encoding': 'gzip' } });
    expect(answer.status).toBe(200);
  });

  it.each([
    { what: 'a matrix', ...one('FP32', ['N', 2]), bytes: floats(1, 2, 3, 4), shape: [2, 2] },
    { what: 'a fixed shape', ...one('FP32', [2, 2]), bytes: floats(1, 2, 3, 4), shape: [2, 2] },
    { what: 'a batch of one', ...one('FP32', ['N', null]), bytes: floats(1, 2, 3), shape: [1, 3] },
    { what: 'a scalar', ...one('FP32', []), bytes: floats(1), shape: [] },
    { what: 'nothing', ...one('FP32', ['N', 2]), bytes: floats(), shape: [0, 2] },
    { what: 'a string', ...one('BYTES', ['N', 1]), bytes: Buffer.from('é'), shape: [1, 1] },
  ])('takes a body that is the one input alone: $what', async ({ signature, bytes, shape }) => {
    const { call } = await openInfer({ signature });
    const answer = await call(INFER, { body: bytes, headers: { 'inference-header-content-length': '0' } });
    expect(answer.status).toBe(200);
    const { outputs } = read(answer);
    expect(outputs[0]?.shape).toEqual(shape);
    const isText = signature.inputs[0]?.datatype === 'BYTES';
    expect(outputs[0]?.bytes?.equals(isText ? stringBytes(['é']) : bytes)).toBe(true);
  });

  it.each([
    { what: 'several inputs', inputs: [one('FP32', ['N']), one('FP32', ['N'])], bytes: floats(1) },
    { what: 'several variable dimensions', inputs: [one('FP32', [2, null, null])], bytes: floats(1, 2) },
    { what: 'more than one string', inputs: [one('BYTES', [2])], bytes: Buffer.from('a') },
    { what: 'bytes that are no whole rows', inputs: [one('FP32', ['N', 2])], bytes: floats(1, 2, 3) },
    { what: 'bytes that are no whole elements', inputs: [one('FP32', ['N'])], bytes: Buffer.alloc(3) },
    { what: 'an empty dimension', inputs: [one('FP32', ['N', 0])], bytes: floats(1) },
    { what: 'a string with NUL', inputs: [one('BYTES', [1])], bytes: Buffer.from('a\0') },
  ])('fails for a body without JSON where there is $what', async ({ inputs, bytes }) => {
    const signature = {
      inputs: inputs.map(({ signature }, at) => ({ ...signature.inputs[0]!, name: `x${at}` })),
      outputs: inputs[0]!.signature.outputs,
    };
    const { call } = await openInfer({ signature });
    const answer = await call(INFER, { body: bytes, headers: { 'inference-header-content-length': '0' } });
    expect(answer.status).toBe(400);
    expect(answer.json()['code']).toMatch(/^(request\.invalid|infer\.)/);
  });

  const described = (input: Record<string, unknown>) => JSON.stringify({ inputs: [{ ...x, ...input }] });
  const size = (bytes: unknown) => ({ parameters: { binary_data_size: bytes } });
  const plain = Buffer.concat([Buffer.from(described(size(8))), floats(1, 2)]);
  it.each([
    { what: 'a length that is no number', length: 'many', code: 'request.malformed' },
    { what: 'a negative length', length: '-1', code: 'request.malformed' },
    { what: 'a fraction', length: '1.5', code: 'request.malformed' },
    { what: 'a length beyond 2^53', length: '9'.repeat(30), code: 'request.malformed' },
    { what: 'a length beyond the body', length: String(plain.length + 1), code: 'request.malformed' },
    { what: 'a length inside the JSON', length: '10', code: 'request.malformed' },
    { what: 'a length beyond the JSON', length: String(plain.length), code: 'request.malformed' },
    { what: 'no length', length: undefined, code: 'request.malformed' },
    { what: 'too few bytes', input: size(9), code: 'request.malformed' },
    { what: 'bytes left over', input: size(4), code: 'infer.shape_mismatch' },
    { what: 'a size of 2^53', input: size(2 ** 53), code: 'request.invalid' },
    { what: 'a negative size', input: size(-8), code: 'request.invalid' },
    { what: 'data and bytes', input: { ...size(8), data: [1, 2] }, code: 'request.invalid' },
    { what: 'neither data nor bytes', input: {}, code: 'request.invalid' },
    { what: 'data, and bytes that nobody takes', input: { data: [1, 2] }, code: 'request.malformed' },
    { what: 'another shape', input: { ...size(8), shape: [1, 3] }, code: 'infer.shape_mismatch' },
    {
      what: 'a shape whose product overflows',
      input: { ...size(8), shape: [2 ** 53 - 1, 2 ** 53 - 1] },
      code: 'infer.shape_mismatch',
    },
    { what: 'a negative dimension', input: { ...size(8), shape: [-1, -2] }, code: 'request.invalid' },
    { what: 'BOOL bytes beyond 1', input: { ...size(8), datatype: 'BOOL', shape: [8] }, code: 'infer.value_invalid' },
    {
      what: 'a string that ends beyond its bytes',
      input: { ...size(8), datatype: 'BYTES', shape: [1] },
      code: 'infer.shape_mismatch',
    },
    { what: 'another datatype', input: { ...size(8), datatype: 'INT32' }, code: 'infer.datatype_mismatch' },
  ])('fails for $what', async ({ input, length, code }) => {
    const { call, logged } = await openInfer();
    const head = described(input ?? size(8));
    const body = Buffer.concat([Buffer.from(head), floats(1, 2)]);
    const header = input ? String(head.length) : length;
    const headers = header === undefined ? {} : { 'inference-header-content-length': header };
    const answer = await call(INFER, { body, headers });
    expect([answer.status, answer.json()['code']]).toEqual([400, code]);
    expect(logged).toEqual([]);
  });

  it.each([
    { what: 'too many strings', shape: [1], bytes: stringBytes(['a', 'b']), code: 'infer.shape_mismatch' },
    { what: 'a million empty strings', shape: [1], bytes: Buffer.alloc(4_000_000), code: 'infer.shape_mismatch' },
    { what: 'too few strings', shape: [3], bytes: stringBytes(['a', 'b']), code: 'infer.shape_mismatch' },
    { what: 'half a length', shape: [1], bytes: Buffer.of(1, 0), code: 'infer.shape_mismatch' },
    {
      what: 'the largest length there is',
      shape: [1],
      bytes: Buffer.of(255, 255, 255, 255, 65),
      code: 'infer.shape_mismatch',
    },
    { what: 'invalid UTF-8', shape: [1], bytes: Buffer.of(1, 0, 0, 0, 255), code: 'infer.value_invalid' },
    { what: 'a NUL', shape: [1], bytes: stringBytes(['a\0b']), code: 'infer.value_invalid' },
  ])('fails for strings with $what', async ({ shape, bytes, code }) => {
    const { call } = await openInfer(one('BYTES', ['N']));
    const answer = await call(INFER, binaryBody([{ tensor: { name: 'x', datatype: 'BYTES', shape }, bytes }]));
    expect([answer.status, answer.json()['code']]).toEqual([400, code]);
  });

  it('says what to send where a gateway has read the bytes as text', async () => {
    const { call } = await openInfer();
    const { body, headers } = binaryBody([{ tensor: x, bytes: floats(-1, Number.NaN) }]);
    const answer = await call(INFER, {
      body: body.toString('utf8'),
      headers: { ...headers, 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(400);
    expect(answer.json()['error']).toContain('application/octet-stream');
  });
});
