// A working client of a small made-up model. `keelson client` writes the same file for a real one: it replaces what stands
// between the model marks, and leaves out the parts marked `predict` where the model does not answer row by row.

// <model>
/** Which version this client was made from. */
export const MADE_FROM = { service: 'example', version: 1, sha256: '' } as const;

/** The inputs of `infer`. */
export interface Inputs {
  readonly x: readonly Tuple<number, 2>[] | Flat<number>;
  readonly count: readonly (bigint | number)[] | Flat<bigint | number>;
}

/** The outputs of `infer`. */
export interface Outputs {
  readonly label: Output<bigint>;
  readonly scores: Output<number>;
}

/** The class labels of an output, in the order of its columns. */
export interface ClassLabels {
  readonly scores: 'no' | 'yes';
}

const INPUTS: readonly InputSpec[] = [
  { name: 'x', datatype: 'FP32', shape: [null, 2] },
  { name: 'count', datatype: 'INT64', shape: [null] },
];

const OUTPUTS: readonly OutputSpec[] = [
  { name: 'label', datatype: 'INT64' },
  { name: 'scores', datatype: 'FP32', labels: ['no', 'yes'] },
];
// </model>

// <predict>
// <rows>
/** One row for `predict`. */
export interface Row {
  readonly x: Tuple<number, 2>;
  readonly count: bigint | number;
}

/** What `predict` answers for one row. */
export interface Prediction {
  readonly label: bigint;
  readonly scores: Readonly<Record<ClassLabels['scores'], number>>;
}

/** Whether a row is an object of inputs, an object of features, or the value of the only input. */
const ROW: RowSpec = { kind: 'inputs' };
// </rows>

// </predict>
/** A list of exactly `N` elements. */
export type Tuple<T, N extends number, R extends readonly T[] = readonly []> = R['length'] extends N
  ? R
  : Tuple<T, N, readonly [...R, T]>;

/** Data that is flat already, row-major: `{ shape: [2, 3], data: new Float32Array(6) }`. */
export interface Flat<T> {
  readonly shape: readonly number[];
  readonly data: ArrayLike<T>;
}

/** Data of any number of dimensions. */
export type Nested<T> = T | readonly Nested<T>[];

/** A tensor of the answer; `data` is row-major. */
export interface Output<T> {
  readonly shape: readonly number[];
  readonly data: readonly T[];
}

export interface SignableRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ClientOptions {
  /** Base URL of the API, for example `http://127.0.0.1:8080`. */
  readonly url: string;
  /** @default the platform's own */
  readonly fetch?: typeof fetch | undefined;
  /** Headers of every request, for example `{ authorization: 'Bearer ...' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Makes the headers that authorize a request, for example by SigV4 with the signing name `execute-api`. */
  readonly sign?:
    | ((request: SignableRequest) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)
    | undefined;
  /** Asks this version. @default - whichever serves */
  readonly version?: number | undefined;
}

export interface CallOptions {
  /** Names the prediction, so that its label can come later. @default - the server makes one */
  readonly id?: string | undefined;
  /** Headers of this request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Answered {
  /** The version that answered. */
  readonly modelVersion: number;
  readonly predictionId: string;
}

export interface Inference extends Answered {
  readonly outputs: Outputs;
}

// <predict>
export interface Predictions extends Answered {
  /** One for each row, in their order. */
  readonly predictions: readonly Prediction[];
}

// </predict>
/** Every method throws KeelsonError where the service refuses, fails or does not answer, TypeError for data that cannot be sent. */
export interface Client {
  /** Runs the model on whole tensors. */
  infer(inputs: Inputs, call?: CallOptions): Promise<Inference>;
  // <predict>
  /** Predicts for each row. */
  predict(rows: readonly Row[], call?: CallOptions): Promise<Predictions>;
  // </predict>
}

/** The service refused or failed, or no answer came. */
export class KeelsonError extends Error {
  override readonly name = 'KeelsonError';
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** The service's code, such as `infer.shape_mismatch`; `connection.failed`, `answer.unexpected` or `http.502` where it gave none. */
  readonly code: string;
  /** How long the service asks to wait before the next attempt. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    { status, code, retryAfterMs, cause }: { status: number; code: string; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export function createClient(options: ClientOptions): Client {
  const infer = async (tensors: readonly Sent[], call: CallOptions = {}): Promise<Answered & { outputs: Received[] }> =>
    readAnswer(await post(options, writeRequest(tensors, call.id), call));
  return {
    async infer(inputs, call) {
      const given = recordOf(inputs, 'the inputs');
      refuseUnknown(
        given,
        INPUTS.map(({ name }) => name),
        'the model has no input',
      );
      const { outputs, ...answered } = await infer(
        INPUTS.map((spec) => toTensor(spec, member(given, spec.name, 'the input'))),
        call,
      );
      // fromEntries defines properties, so that an output `__proto__` is one like any other.
      const byName = Object.fromEntries(outputs.map(({ name, shape, data }) => [name, { shape, data }]));
      return { ...answered, outputs: byName as unknown as Outputs };
    },
    // <predict>
    async predict(rows, call) {
      const { outputs, ...answered } = await infer(toColumns(rows), call);
      return { ...answered, predictions: toPredictions(outputs, rows.length) };
    },
    // </predict>
  };
}

type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP16'
  | 'FP32'
  | 'FP64'
  | 'BYTES';

interface InputSpec {
  readonly name: string;
  readonly datatype: Datatype;
  /** null is a dimension of any size; without a shape the tensor may have any number of them. */
  readonly shape?: readonly (number | null)[];
}

interface OutputSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly labels?: readonly (string | number)[];
}

interface Sent {
  readonly spec: InputSpec;
  readonly shape: readonly number[];
  readonly data: ArrayLike<unknown>;
}

interface Received extends Output<unknown> {
  readonly name: string;
  readonly labels: readonly (string | number)[] | undefined;
}

const show = (name: string): string => JSON.stringify(name);

function recordOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TypeError(`${what} must be an object, got ${Array.isArray(value) ? 'an array' : String(value)}`);
}

function member(record: Readonly<Record<string, unknown>>, name: string, what: string): unknown {
  if (Object.hasOwn(record, name) && record[name] !== undefined) return record[name];
  throw new TypeError(`${what} ${show(name)} is missing`);
}

function refuseUnknown(record: Readonly<Record<string, unknown>>, known: readonly string[], what: string): void {
  const unknown = Object.keys(record).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`${what} ${show(unknown)}; it takes ${known.map(show).join(', ')}`);
}

function toTensor(spec: InputSpec, value: unknown): Sent {
  const isFlat = typeof value === 'object' && value !== null && 'data' in value && 'shape' in value;
  const { shape, data } = isFlat ? (value as Flat<unknown>) : flatten(spec, value);
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) {
    throw new TypeError(
      `${show(spec.name)} of shape [${shape.join(', ')}] takes ${count} elements, got ${data.length}`,
    );
  }
  const fits =
    spec.shape?.length === shape.length && spec.shape.every((size, axis) => (size ?? shape[axis]) === shape[axis]);
  if (spec.shape && !fits) {
    const expected = spec.shape.map((size) => size ?? 'any').join(', ');
    throw new TypeError(`${show(spec.name)} takes the shape [${expected}], got [${shape.join(', ')}]`);
  }
  return { spec, shape, data };
}

function flatten(spec: InputSpec, value: unknown): { shape: number[]; data: unknown[] } {
  const shape: number[] = [];
  for (let level = value; isList(level); level = level[0]) shape.push(level.length);
  // Nothing can be seen below an empty list: the model says what would be there.
  if (shape.at(-1) === 0) shape.push(...(spec.shape ?? []).slice(shape.length).map((size) => size ?? 0));
  const data: unknown[] = [];
  const walk = (level: unknown, depth: number): void => {
    const size = shape[depth];
    if (size === undefined ? isList(level) : !isList(level) || level.length !== size) {
      throw new TypeError(`the lists of ${show(spec.name)} are not all of the same length`);
    }
    if (!isList(level)) data.push(level);
    else for (let index = 0; index < level.length; index += 1) walk(level[index], depth + 1);
  };
  walk(value, 0);
  return { shape, data };
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

// JSON.stringify would write NaN as null and refuse bigints.
function writeRequest(tensors: readonly Sent[], id: string | undefined): string {
  const inputs = tensors.map(({ spec, shape, data }) => {
    const elements = Array.from(data, (value, index) => writeElement(spec, value, index));
    const head = JSON.stringify({ name: spec.name, datatype: spec.datatype, shape });
    return `${head.slice(0, -1)},"data":[${elements.join(',')}]}`;
  });
  return `{${id === undefined ? '' : `"id":${JSON.stringify(id)},`}"inputs":[${inputs.join(',')}]}`;
}

function writeElement({ name, datatype }: InputSpec, value: unknown, index: number): string {
  if (typeof value === 'number') {
    if (isWide(datatype) && !Number.isSafeInteger(value)) {
      throw new TypeError(`element ${index} of ${show(name)} is the number ${value}; past 2^53 write a bigint`);
    }
    return Object.is(value, -0) ? '-0.0' : String(value);
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new TypeError(`element ${index} of ${show(name)} is ${String(value)}; a feature that is not known is NaN`);
}

const isWide = (datatype: Datatype): boolean => datatype === 'INT64' || datatype === 'UINT64';

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function post(
  { url, fetch: send = fetch, headers, sign, version }: ClientOptions,
  body: string,
  call: CallOptions,
) {
  const path = `/v2/models/${encodeURIComponent(MADE_FROM.service)}${version === undefined ? '' : `/versions/${version}`}/infer`;
  const request = {
    method: 'POST',
    url: `${url.replace(/\/+$/, '')}${path}`,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers, ...call.headers },
    body,
  };
  const authorization = await sign?.(request);
  const reply = await exchange(send, { ...request, headers: { ...request.headers, ...authorization } }, call.signal);
  if (reply.status < 200 || reply.status > 299) throw toError(reply);
  return reply;
}

async function exchange(send: typeof fetch, request: SignableRequest, signal: AbortSignal | undefined): Promise<Reply> {
  const { url, method, headers, body } = request;
  try {
    const response = await send(url, { method, headers: { ...headers }, body, ...(signal && { signal }) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new KeelsonError(`no answer from ${url}: ${describe(cause)}`, {
      status: 0,
      code: 'connection.failed',
      cause,
    });
  }
}

const describe = (cause: unknown): string => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error && inner.message !== '' ? inner.message : String(inner);
};

function toError({ status, headers, text }: Reply): KeelsonError {
  const fields = parseFields(text);
  const message = fields['error'] ?? fields['message'] ?? fields['Message'];
  const code = fields['code'] ?? headers.get('x-amzn-errortype')?.split(':', 1)[0];
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new KeelsonError(typeof message === 'string' ? message : text.slice(0, 300) || `HTTP status ${status}`, {
    status,
    code: typeof code === 'string' ? code : `http.${status}`,
    ...(seconds >= 0 && { retryAfterMs: seconds * 1000 }),
  });
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    // Not JSON: what stands between may answer anything.
    return {};
  }
}

const SCALARS = /"[^"\\]*(?:\\.[^"\\]*)*"|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with each number as a string: JSON.parse itself knows no NaN and would round integers past 2^53. */
const parseExactly = (text: string): unknown =>
  JSON.parse(text.replace(SCALARS, (scalar) => (scalar.startsWith('"') ? scalar : `"${scalar}"`)));

function readAnswer({ status, headers, text }: Reply): Answered & { outputs: Received[] } {
  const unexpected = (why: string, cause?: unknown) =>
    new KeelsonError(`the answer is not the one that is expected: ${why}`, {
      status,
      code: 'answer.unexpected',
      cause,
    });
  let answer: unknown;
  try {
    answer = parseExactly(text);
  } catch (cause) {
    throw unexpected('it is not JSON', cause);
  }
  const { model_version: version, outputs } = { ...(answer as object) } as Readonly<Record<string, unknown>>;
  const predictionId = headers.get('x-keelson-prediction-id');
  if (!Array.isArray(outputs) || predictionId === null) throw unexpected('it does not come from the service');
  const received = OUTPUTS.map((spec) => {
    const found: unknown = outputs.find((output) => output?.name === spec.name && output.datatype === spec.datatype);
    const { shape, data } = { ...(found as object) } as Readonly<Record<string, unknown>>;
    if (Array.isArray(shape) && Array.isArray(data)) {
      const convert = CONVERT[spec.datatype];
      return { name: spec.name, labels: spec.labels, shape: shape.map(Number), data: data.map(convert) };
    }
    throw unexpected(
      `version ${version} gives no ${spec.datatype} output ${show(spec.name)}; this client is made from version ${MADE_FROM.version}, make it anew`,
    );
  });
  return { modelVersion: Number(version), predictionId, outputs: received };
}

const toNumber = (value: unknown): number => Number(value);
const toBigInt = (value: unknown): bigint => BigInt(value as string);
const asItIs = (value: unknown): unknown => value;

const CONVERT: Readonly<Record<Datatype, (value: unknown) => unknown>> = {
  BOOL: asItIs,
  UINT8: toNumber,
  UINT16: toNumber,
  UINT32: toNumber,
  UINT64: toBigInt,
  INT8: toNumber,
  INT16: toNumber,
  INT32: toNumber,
  INT64: toBigInt,
  FP16: toNumber,
  FP32: toNumber,
  FP64: toNumber,
  BYTES: asItIs,
};
// <predict>

type RowSpec =
  | { readonly kind: 'inputs' }
  | { readonly kind: 'value' }
  | { readonly kind: 'features'; readonly features: readonly string[] };

/** A tensor for each input, of the rows' values. */
function toColumns(rows: readonly unknown[]): Sent[] {
  const readers = rows.map((row, index) => rowReader(row, `row ${index + 1}`));
  return INPUTS.map((spec) => {
    // An input [N, 1] has one value a row, which is written without a list around it.
    const wrap = spec.shape?.length === 2 && spec.shape[1] === 1;
    const cells = readers.map((read) => read(spec.name));
    return toTensor(spec, wrap ? cells.map((cell) => (isList(cell) ? cell : [cell])) : cells);
  });
}

function rowReader(row: unknown, what: string): (input: string) => unknown {
  if (ROW.kind === 'value') return () => row;
  const record = recordOf(row, what);
  const names = ROW.kind === 'features' ? ROW.features : INPUTS.map(({ name }) => name);
  refuseUnknown(record, names, `${what}: there is no`);
  if (ROW.kind === 'features') return () => names.map((name) => member(record, name, `${what}:`));
  return (input) => member(record, input, `${what}:`);
}

function toPredictions(outputs: readonly Received[], rows: number): Prediction[] {
  const odd = outputs.find(({ shape }) => shape[0] !== rows);
  if (odd) {
    throw new KeelsonError(
      `the output ${show(odd.name)} has the shape [${odd.shape.join(', ')}] for ${rows} rows and cannot be cut into rows; call infer`,
      { status: 200, code: 'answer.unexpected' },
    );
  }
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(outputs.map((output) => [output.name, toCell(output, row)])),
  ) as unknown as Prediction[];
}

function toCell({ shape, data, labels }: Received, row: number): unknown {
  const inner = shape.slice(1);
  const stride = inner.reduce((product, size) => product * size, 1);
  if (labels && stride === labels.length) {
    return Object.fromEntries(labels.map((label, column) => [label, data[row * stride + column]]));
  }
  if (inner.length === 1 && stride === 1) return data[row];
  const nest = (axis: number, start: number): unknown => {
    const size = inner[axis];
    if (size === undefined) return data[start];
    const step = inner.slice(axis + 1).reduce((product, next) => product * next, 1);
    return Array.from({ length: size }, (_, index) => nest(axis + 1, start + index * step));
  };
  return nest(0, row * stride);
}
// </predict>
