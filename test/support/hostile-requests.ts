import { deflateSync, gzipSync } from 'node:zlib';
import type { RawRequest } from './raw-http.ts';

/** Requests that no well-meaning client sends, each with the status that it must get. */

/** Stands in payloads: no answer may repeat it. */
export const SECRET = 'zq-payload-7153';

export interface HostileRequest {
  readonly what: string;
  readonly request: RawRequest;
  readonly status: number;
}

export interface Protocol {
  readonly name: string;
  readonly path: string;
  /** A request's JSON whose one tensor has these values. */
  readonly body: (values: string) => string;
}

/** Four ways to ask the model `offset`, which takes `x` FP32 [N, 1]. */
export const PROTOCOLS: readonly Protocol[] = [
  {
    name: 'the Open Inference Protocol',
    path: '/v2/models/offset/infer',
    body: (values) => `{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP32","data":${values}}]}`,
  },
  { name: 'SageMaker runtime', path: '/endpoints/offset/invocations', body: (values) => `{"instances":${values}}` },
  { name: 'TensorFlow Serving', path: '/v1/models/offset:predict', body: (values) => `{"instances":${values}}` },
  { name: 'MLflow scoring', path: '/models/offset/invocations', body: (values) => `{"inputs":${values}}` },
];

const MIB = 1024 * 1024;
const JSON_TYPE = ['content-type', 'application/json'] as const;
const encoded = (...encodings: string[]) => [
  JSON_TYPE,
  ...encodings.map((encoding) => ['content-encoding', encoding] as const),
];

const keys = (count: number): string => Array.from({ length: count }, (_, at) => `"${at.toString(36)}":0`).join(',');
const nested = (open: string, close: string): string => `${open.repeat(250_000)}1${close.repeat(250_000)}`;

const bomb = Buffer.alloc(100 * MIB, ' ');
const GZIP_BOMB = gzipSync(bomb);
const DEFLATE_BOMB = deflateSync(bomb);

/** What every protocol must refuse in its own words. */
export const hostileBodies = ({ path, body }: Protocol): HostileRequest[] => {
  const text = (what: string, content: string | Uint8Array, status = 400): HostileRequest => ({
    what,
    status,
    request: { path, headers: [JSON_TYPE], body: content },
  });
  const good = body('[[1]]');
  const packed = (what: string, content: Uint8Array, encodings: string[], status: number): HostileRequest => ({
    what,
    status,
    request: { path, headers: encoded(...encodings), body: content },
  });
  return [
    text('nothing', ''),
    text('white space', ' \n\t '),
    ...['null', '1', '""', '{}', 'true', '[null]', '[{}]', '{"inputs":null}'].map((json) => text(json, json)),
    text('JSON that ends too early', good.slice(0, -1)),
    text('JSON that goes on', `${good}${good}`),
    text('arrays 250,000 deep', body(nested('[', ']'))),
    text('objects 250,000 deep', body(nested('{"a":', '}'))),
    text('arrays 250,000 deep that never end', '['.repeat(250_000)),
    text('300,000 keys that mean nothing', `{${keys(300_000)}}`),
    text('300,000 keys in place of a value', body(`[{${keys(300_000)}}]`)),
    text('a record of `__proto__`', body('[{"__proto__":[1],"constructor":[2]}]')),
    text('`__proto__` in place of what is asked for', '{"__proto__":{"inputs":[],"instances":[[1]]}}'),
    text('a number beyond doubles', body('[[1e999]]')),
    text('a number beyond FP32', body('[[1e39]]')),
    text('an integer of 100,000 digits', body(`[[${'9'.repeat(100_000)}]]`)),
    text('a word that is no JSON', body('[[nan]]')),
    text('a string for a number', body(`[["${SECRET}"]]`)),
    text('null for a number', body('[[null]]')),
    text('rows of different lengths', body('[[1],[1,2]]')),
    text('a million mistakes', body(`[${'["a"],'.repeat(500_000)}["a"]]`)),
    text('a NUL byte', body('[[\0]]')),
    text('a NUL byte in a name', good.replace(/"(x|instances|inputs)"/, '"\0"')),
    text('bytes that are no UTF-8', Buffer.concat([Buffer.from(good.slice(0, -1)), Buffer.of(0xff, 0xfe, 0x7d)])),
    text('a byte order mark of UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le')),
    text('more than 4 MiB', body(`[${'[1],'.repeat(1_100_000)}[1]]`), 413),
    text('5 MiB of white space', ' '.repeat(5 * MIB), 413),
    packed('a gzip bomb', GZIP_BOMB, ['gzip'], 413),
    packed('a deflate bomb', DEFLATE_BOMB, ['deflate'], 413),
    packed('gzip that ends too early', gzipSync(good).subarray(0, -9), ['gzip'], 400),
    packed('gzip that is no gzip', Buffer.of(0x1f, 0x8b, 0xff, 0, 1, 2, 3), ['gzip'], 400),
    packed('nothing, as gzip', new Uint8Array(), ['gzip'], 400),
    packed('plain text, as gzip', Buffer.from(good), ['gzip'], 400),
    packed('deflate that is no deflate', Buffer.of(0xff, 0xff, 0xff), ['deflate'], 400),
    packed('gzip twice in one header', gzipSync(gzipSync(good)), ['gzip, gzip'], 415),
    packed('gzip twice in two headers', gzipSync(gzipSync(good)), ['gzip', 'gzip'], 415),
    packed('an encoding that nobody knows', Buffer.from(good), ['zstd'], 415),
    { what: 'XML', status: 415, request: { path, headers: [['content-type', 'application/xml']], body: '<x/>' } },
    {
      what: 'a prediction id that no header can carry back',
      status: 400,
      request: {
        path,
        headers: [JSON_TYPE, ['x-keelson-prediction-id', `${SECRET}-\xe9`]],
        body: good,
      },
    },
    {
      what: 'a prediction id of 2,000 characters',
      status: 400,
      request: { path, headers: [JSON_TYPE, ['x-keelson-prediction-id', 'i'.repeat(2000)]], body: good },
    },
  ];
};

const infer = '/v2/models/offset/infer';
const input = (more: Record<string, unknown>) => ({ name: 'x', shape: [1, 1], datatype: 'FP32', data: [1], ...more });
const inferBody = (...inputs: object[]) => JSON.stringify({ inputs });

const open = (what: string, body: string, status = 400): HostileRequest => ({
  what,
  status,
  request: { path: infer, headers: [JSON_TYPE], body },
});

function binary(what: string, head: string, parts: { length?: string; bytes?: Uint8Array } = {}): HostileRequest {
  const { length = String(Buffer.byteLength(head)), bytes = new Uint8Array() } = parts;
  return {
    what,
    status: 400,
    request: {
      path: infer,
      headers: [
        ['content-type', 'application/octet-stream'],
        ['inference-header-content-length', length],
      ],
      body: Buffer.concat([Buffer.from(head), bytes]),
    },
  };
}

const binaryInput = (size: unknown, more: Record<string, unknown> = {}) =>
  inferBody(input({ data: undefined, parameters: { binary_data_size: size }, ...more }));

/** What only the Open Inference Protocol can be asked. */
export const HOSTILE_TENSORS: readonly HostileRequest[] = [
  open('the same input twice', inferBody(input({}), input({}))),
  open('10,001 inputs', inferBody(...Array.from({ length: 10_001 }, () => input({})))),
  open('an input that the model does not have', inferBody(input({}), input({ name: 'constructor' }))),
  open('no input', '{"inputs":[]}'),
  ...[
    [-1, 1],
    [1, -1],
    [0.5, 2],
    [2 ** 32, 2 ** 32],
    [2 ** 53, 2 ** 53],
    [2 ** 62, 4],
    [0, -0.5],
    ['1', 1],
    [null, 1],
    [[1], 1],
    Array.from({ length: 65 }, () => 1),
    Array.from({ length: 64 }, () => 2 ** 31),
    'constructor',
    {},
  ].map((shape) => open(`the shape ${JSON.stringify(shape).slice(0, 40)}`, inferBody(input({ shape })))),
  open('a shape of 1e999', inferBody(input({})).replace('[1,1]', '[1e999,1]')),
  open('a shape of NaN', inferBody(input({})).replace('[1,1]', '[NaN,1]')),
  open('a shape of 500,000 dimensions', inferBody(input({ shape: new Array(500_000).fill(1) }))),
  ...['FP8', 'fp32', '__proto__', 'constructor', '', 1, null].map((datatype) =>
    open(`the datatype ${JSON.stringify(datatype)}`, inferBody(input({ datatype }))),
  ),
  open('data and binary data at once', inferBody(input({ parameters: { binary_data_size: 4 } }))),
  open(
    'an output that the model does not have',
    `${inferBody(input({})).slice(0, -1)},"outputs":[{"name":"__proto__"}]}`,
  ),
  open('an output without a name', `${inferBody(input({})).slice(0, -1)},"outputs":[{}]}`),
  open('an id that is no string', `${inferBody(input({})).slice(0, -1)},"id":5}`),
  open('an id of 257 characters', `${inferBody(input({})).slice(0, -1)},"id":"${'i'.repeat(257)}"}`),
  open('an id that no header can carry back', `${inferBody(input({})).slice(0, -1)},"id":"a\\r\\nset-cookie: b"}`),
  binary('a header length beyond the body', binaryInput(4), { length: '9999999', bytes: Buffer.alloc(4) }),
  ...['-1', '1e3', '0x10', ' ', 'NaN', '99999999999999999999', '1.5', '5, 5'].map((length) =>
    binary(`the header length ${JSON.stringify(length)}`, binaryInput(4), { length, bytes: Buffer.alloc(4) }),
  ),
  binary('a header length that cuts the JSON', binaryInput(4), { length: '20', bytes: Buffer.alloc(4) }),
  binary('a header length that cuts a character', '{"ä":1}', { length: '3' }),
  binary('fewer bytes than the shape needs', binaryInput(3), { bytes: Buffer.alloc(3) }),
  binary('more bytes than the shape needs', binaryInput(8), { bytes: Buffer.alloc(8) }),
  binary('fewer bytes than the size says', binaryInput(4), { bytes: Buffer.alloc(3) }),
  binary('bytes that no input takes', binaryInput(4), { bytes: Buffer.alloc(5) }),
  ...[-4, 1.5, 2 ** 60, '4', null].map((size) =>
    binary(`a binary size of ${JSON.stringify(size)}`, binaryInput(size), { bytes: Buffer.alloc(4) }),
  ),
  binary('a string that is longer than the bytes', binaryInput(4, { datatype: 'BYTES' }), {
    bytes: Buffer.of(0xff, 0xff, 0xff, 0xff),
  }),
  binary('a raw body of the wrong size', '', { length: '0', bytes: Buffer.alloc(3) }),
];

/** What the protocols besides have of their own. */
export const HOSTILE_FORMATS: readonly HostileRequest[] = [
  ...[
    ['CSV with an open quote', 'text/csv', '"1\n2'],
    ['CSV with too many columns', 'text/csv', '1,2,3\n'],
    ['CSV with a word', 'text/csv', `${SECRET}\n`],
    ['CSV with a NUL', 'text/csv', '\0\n'],
    ['CSV without a row', 'text/csv', '\n\n'],
    ['CSV of a million columns', 'text/csv', ','.repeat(1_000_000)],
    ['JSON Lines that are no JSON', 'application/jsonlines', '[1]\n[\n'],
    ['JSON Lines 250,000 deep', 'application/jsonlines', `[1]\n${'['.repeat(250_000)}\n`],
    ['no JSON Lines', 'application/jsonlines', '\n\n'],
  ].map(([what = '', type = '', body]) => ({
    what: `SageMaker runtime: ${what}`,
    status: 400,
    request: { path: '/endpoints/offset/invocations', headers: [['content-type', type] as const], body: body ?? '' },
  })),
  ...(
    [
      ['x-amzn-sagemaker-target-variant', '__proto__'],
      ['x-amzn-sagemaker-target-variant', '99999999999'],
      ['x-amzn-sagemaker-custom-attributes', 'a'.repeat(1025)],
      ['x-amzn-sagemaker-custom-attributes', 'caf\xe9'],
      ['x-amzn-sagemaker-inference-id', 'i'.repeat(2000)],
      ['x-amzn-sagemaker-target-model', '../other.tar.gz'],
    ] as const
  ).map((header) => ({
    what: `SageMaker runtime: ${header[0]}: ${header[1].slice(0, 20)}`,
    status: 400,
    request: { path: '/endpoints/offset/invocations', headers: [JSON_TYPE, header], body: '[[1]]' },
  })),
  ...[
    ['both kinds of values', '{"instances":[[1]],"inputs":[[1]]}'],
    ['base64 that is none', '{"inputs":[{"b64":"***"}]}'],
    ['a signature that is not there', '{"instances":[],"signature_name":"x"}'],
  ].map(([what, body]) => ({
    what: `TensorFlow Serving: ${what}`,
    status: 400,
    request: { path: '/v1/models/offset:predict', headers: [JSON_TYPE], body: body ?? '' },
  })),
  ...[
    ['rows and records at once', '{"dataframe_split":{"columns":["x"],"data":[[1]]},"dataframe_records":[{"x":1}]}'],
    ['columns that are objects', '{"dataframe_split":{"columns":[{}],"data":[[1]]}}'],
    ['rows that are too short', '{"dataframe_split":{"columns":["x"],"data":[[]]}}'],
    ['the same column twice', '{"dataframe_split":{"columns":["x","x"],"data":[[1,2]]}}'],
    [
      'a new column in each of 3,000 records',
      JSON.stringify({ dataframe_records: Array.from({ length: 3000 }, (_, at) => ({ [`c${at}`]: 1 })) }),
    ],
    ['columns `__proto__` and `constructor`', '{"dataframe_records":[{"__proto__":1,"constructor":2}]}'],
  ].map(([what, body]) => ({
    what: `MLflow scoring: ${what}`,
    status: 400,
    request: { path: '/models/offset/invocations', headers: [JSON_TYPE], body: body ?? '' },
  })),
];

const tooLong = 'n'.repeat(64);
const GOOD = inferBody(input({}));

/** Names and paths that lead nowhere. */
export const HOSTILE_PATHS: readonly HostileRequest[] = [
  ...[
    '..',
    '.',
    '%2e%2e',
    '..%2f..%2fetc%2fpasswd',
    '__proto__',
    'constructor',
    'nobody',
    tooLong,
    'a%00b',
    '%20',
  ].flatMap((name) => [
    { what: `the model ${name}`, status: 404, request: { method: 'GET', path: `/v2/models/${name}` } },
    { what: `a prediction by ${name}`, status: 404, request: { path: `/v2/models/${name}/infer`, body: GOOD } },
  ]),
];

const control = (
  what: string,
  parts: { path?: string; body?: string; key?: string; status?: number },
): HostileRequest => ({
  what,
  status: parts.status ?? 400,
  request: {
    path: parts.path ?? '/api/services/offset/versions',
    headers: [JSON_TYPE, ...(parts.key === undefined ? [] : [['idempotency-key', parts.key] as const])],
    body: parts.body ?? '{"version":1}',
  },
});
const SHA256 = '0'.repeat(64);

/** What the control API must refuse. */
export const HOSTILE_CONTROL: readonly HostileRequest[] = [
  ...['null', '1', '[]', '""', '{"sha256":5}', '{"version":1e999}', '{"__proto__":{"sha256":"a"}}'].map((body) =>
    control(`a registration of ${body}`, { body }),
  ),
  control('arrays 100,000 deep', { body: '['.repeat(100_000) }),
  control('a lineage 1,000 deep', {
    body: `{"sha256":"${SHA256}","lineage":{"a":${'['.repeat(1000)}${']'.repeat(1000)}}}`,
  }),
  control('30,000 metrics', { body: `{"sha256":"${SHA256}","metrics":{${keys(30_000)}}}` }),
  control('a metric of NaN', { body: `{"sha256":"${SHA256}","metrics":{"auc":NaN}}` }),
  control('a body beyond 256 KiB', { body: ' '.repeat(300 * 1024), status: 413 }),
  control('an upload id that leads to another folder', {
    body: `{"sha256":"${SHA256}","uploadId":"../../artifacts/a"}`,
  }),
  control('a key with a space', { path: '/api/services/offset/rollouts', key: 'a b' }),
  control('a key of 1,000 characters', { path: '/api/services/offset/rollouts', key: 'k'.repeat(1000) }),
  ...[0, -1, 1.5, 2 ** 53, '1', null].map((version) =>
    control(`a rollout of version ${JSON.stringify(version)}`, {
      path: '/api/services/offset/rollouts',
      body: JSON.stringify({ version }),
    }),
  ),
  control('a strategy `constructor`', {
    path: '/api/services/offset/rollouts',
    body: '{"version":1,"strategy":"constructor"}',
  }),
  ...['__proto__', '..', '%2e%2e', 'a%00b', 'a%20b', 'caf%C3%A9', '-a', tooLong].map((name) =>
    control(`an upload for ${name}`, { path: `/api/services/${name}/uploads`, body: '{}' }),
  ),
  control('an upload to another path', { path: '/api/services/a%2f..%2f..%2fb/uploads', body: '{}', status: 404 }),
  control('an upload larger than any', { path: '/api/services/offset/uploads', body: '{"bytes":1e300}' }),
];
