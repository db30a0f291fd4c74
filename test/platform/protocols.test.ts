import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadOnnxruntime } from '../../adapters/onnx/load-onnxruntime.ts';
import { onnxruntimeModelRuntime } from '../../adapters/onnx/onnxruntime-model-runtime.ts';
import { readFeatureNames } from '../../core/domain/inference/frames.ts';
import { elementCount, type Tensor } from '../../core/domain/inference/tensor.ts';
import { elementBytes, encodeTensor } from '../../core/domain/inference/tensor-bytes.ts';
import { writeElement, writeFlat, writeNested } from '../../core/domain/json/write-json.ts';
import { getJson, postJson, register } from '../support/api-calls.ts';
import { binaryBody, readBinaryAnswer } from '../support/binary-request.ts';
import { type KeelsonProcess, startKeelson } from '../support/keelson-process.ts';
import { absentModels, modelNames, openModel } from '../support/shared-models.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const runtime = onnxruntimeModelRuntime(() => loadOnnxruntime(resolve('assets')));

/** Every model in the pool, and one more as a declared service, whose routes are others. */
const SERVICES: readonly (readonly [service: string, model: string])[] = [
  ...modelNames.map((name) => [name, name] as const),
  ...(absentModels ? [] : [['fraud', 'sk_titanic_zipmap'] as const]),
];

describe.skipIf(absentModels)(`every model by every protocol, as onnxruntime answers ${absentModels ?? ''}`, () => {
  let folder: string;
  let platform: KeelsonProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-protocols-'));
    platform = await startKeelson(folder);
  });
  afterAll(async () => {
    await platform.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  });

  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${platform.url}${path}`, {
      method: 'POST',
      body: body as string,
      headers: {
        'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
        ...headers,
      },
    });
  /** Checks what every protocol's answer has, and reads its JSON. */
  const json = async (answer: Promise<Response>): Promise<unknown> => {
    const response = await answer;
    const text = await response.text();
    expect([response.status, response.status === 200 ? '' : text]).toEqual([200, '']);
    expect(response.headers.get('x-keelson-model-version')).toBe('1');
    expect(response.headers.get('x-keelson-prediction-id')).toMatch(/./);
    return JSON.parse(text);
  };

  it.each(SERVICES)('%s (%s)', async (service, name) => {
    const { uploaded, prepared, inputs, far } = openModel(name);
    const { signature, metadata } = prepared;
    expect(await register(platform.url, service, uploaded)).toBe(1);
    await postJson(`${platform.url}/api/services/${service}/rollouts`, { version: 1 });

    const model = await runtime.load(prepared.bytes, { service, version: 1, signature });
    const expected = await model.run(
      inputs,
      signature.outputs.map((output) => output.name),
    );
    await model.release();
    expect(far(expected)).toEqual([]);

    // The Open Inference Protocol: JSON to the digit, binary to the bit.
    const described = inputs.map(({ name: input, datatype, shape }) => ({ name: input, datatype, shape }));
    const parts = inputs.map(
      (tensor, at) => `${JSON.stringify(described[at]).slice(0, -1)},"data":${writeFlat(tensor)}}`,
    );
    const request = `{"inputs":[${parts.join(',')}]}`;
    const open = await post(`/v2/models/${service}/infer`, request);
    const openText = await open.text();
    expect([open.status, openText]).toEqual([200, openInference(service, expected)]);
    expect(await (await post(`/v2/models/${service}/versions/1/infer`, request)).text()).toBe(openText);

    const binary = binaryBody(inputs.map((tensor, at) => ({ tensor: described[at]!, bytes: encodeTensor(tensor) })));
    const expectBytes = async (response: Response) => {
      expect(response.status).toBe(200);
      const length = Number(response.headers.get('inference-header-content-length'));
      const { outputs } = readBinaryAnswer(Buffer.from(await response.arrayBuffer()), length);
      expect(outputs.map((output) => [output.name, output.datatype, output.shape])).toEqual(
        expected.map((output) => [output.name, output.datatype, output.shape]),
      );
      const equal = expected.filter((tensor, at) => outputs[at]?.bytes?.equals(encodeTensor(tensor)));
      expect(equal.length).toBe(expected.length);
    };
    await expectBytes(await post(`/v2/models/${service}/infer`, binary.body, binary.headers));
    const [first] = inputs;
    const isRaw = inputs.length === 1 && elementBytes(first!.datatype) !== undefined;
    if (isRaw) {
      const raw = { 'inference-header-content-length': '0' };
      await expectBytes(await post(`/v2/models/${service}/infer`, encodeTensor(first!), raw));
    }

    // Rows and columns: the same elements in other brackets.
    const rows = first!.shape[0] as number;
    const nested = Object.fromEntries(expected.map((tensor) => [tensor.name, JSON.parse(writeNested(tensor))]));
    const names = Object.keys(nested);
    const inRows = expected.every(({ shape }) => shape[0] === rows);
    const bare = <T>(values: Record<string, T>) => (names.length === 1 ? values[names[0]!] : values);
    const row = (at: number) => Object.fromEntries(names.map((output) => [output, nested[output][at]]));
    const records = Array.from({ length: rows }, (_, at) => row(at));
    const instances = `[${Array.from({ length: rows }, (_, at) => instance(inputs, at)).join(',')}]`;
    const columns = `{${inputs.map((tensor) => `${JSON.stringify(tensor.name)}:${writeNested(tensor)}`).join(',')}}`;

    const endpoint = `/endpoints/${service}/invocations`;
    const whole = JSON.parse(openText);
    expect(await json(post(endpoint, request))).toEqual(whole);
    expect(await json(post(endpoint, `{"instances":${instances}}`))).toEqual(
      inRows ? { predictions: records.map(bare) } : whole,
    );
    const lines = Array.from({ length: rows }, (_, at) => instance(inputs, at)).join('\n');
    const answeredLines = await post(endpoint, lines, { 'content-type': 'application/jsonlines' });
    const toldLines = (await answeredLines.text()).trimEnd().split('\n');
    expect(toldLines.map((line) => JSON.parse(line))).toEqual(inRows ? records.map(bare) : [whole]);
    const answeredCsv = await post(endpoint, toCsv(inputs, rows), { 'content-type': 'text/csv' });
    expect([answeredCsv.status, await answeredCsv.text()]).toEqual([200, inRows ? toCsv(expected, rows) : openText]);

    const predict = `/v1/models/${service}:predict`;
    expect(await json(post(predict, `{"inputs":${columns}}`))).toEqual({ outputs: bare(nested) });
    expect(await json(post(`/v1/models/${service}/versions/1:predict`, `{"inputs":${columns}}`))).toEqual({
      outputs: bare(nested),
    });
    const inInstances = await post(predict, `{"instances":${instances}}`);
    expect([inInstances.status, await inInstances.json()]).toEqual(
      inRows
        ? [200, { predictions: records.map(bare) }]
        : [400, { code: 'request.invalid', error: expect.stringContaining('"inputs"') }],
    );
    expect(await getJson(`${platform.url}/v1/models/${service}`)).toMatchObject({ name: service, ready: true });

    const score = `/models/${service}/invocations`;
    expect(await json(post(score, `{"inputs":${columns}}`))).toEqual({ predictions: nested });
    expect(await json(post(score, `{"instances":${instances}}`))).toEqual({ predictions: nested });
    const frame = toFrame(inputs, readFeatureNames(signature, metadata));
    const predictions = inRows ? records : nested;
    const split = `{"dataframe_split":{"columns":${JSON.stringify(frame.columns)},"data":[${frame.rows.map((cells) => `[${cells.join(',')}]`).join(',')}]}}`;
    expect(await json(post(score, split))).toEqual({ predictions });
    const entries = frame.rows.map(
      (cells) => `{${cells.map((cell, at) => `${JSON.stringify(frame.columns[at])}:${cell}`).join(',')}}`,
    );
    const asRecords = `{"dataframe_records":[${entries.join(',')}]}`;
    // The column names of an image take more than a body may have.
    if (asRecords.length < 4_000_000) expect(await json(post(score, asRecords))).toEqual({ predictions });
    if (!frame.hasLists) {
      const csv = `${frame.columns.join(',')}\n${toCsv(inputs, rows)}`;
      expect(await json(post(score, csv, { 'content-type': 'text/csv; charset=utf-8' }))).toEqual({ predictions });
    }
  });

  it('lists what it serves, and how often each has answered', async () => {
    const services = SERVICES.map(([service]) => service).sort();
    expect(await getJson(`${platform.url}/v2/models`)).toEqual({ models: services });
    const index = await postJson<{ name: string; state: string }[]>(`${platform.url}/v2/repository/index`, {});
    expect(index.map(({ name, state }) => [name, state])).toEqual(services.map((service) => [service, 'READY']));
    expect((await post('/v2/repository/models/fraud/load', '')).status).toBe(200);
    expect(await getJson(`${platform.url}/v2/models/fraud/stats`)).toMatchObject({ scope: 'process' });
    expect(await getJson(`${platform.url}/v2/models/stats`)).toMatchObject({ scope: 'process' });
    expect((await post('/v2/repository/models/fraud/unload', '')).status).toBe(200);
    expect(await getJson(`${platform.url}/openapi.json`)).toMatchObject({ openapi: '3.1.0' });
  });
});

/** The whole answer as the protocol has it. */
const openInference = (service: string, outputs: readonly Tensor[]): string => {
  const tensors = outputs.map((tensor) => {
    const { name, datatype, shape } = tensor;
    return `${JSON.stringify({ name, datatype, shape }).slice(0, -1)},"data":${writeFlat(tensor)}}`;
  });
  return `{"model_name":"${service}","model_version":"1","outputs":[${tensors.join(',')}]}`;
};

const widthOf = ({ shape }: Tensor): number => elementCount(shape.slice(1));
const cellOf = (tensor: Tensor, row: number): string =>
  writeNested(tensor, tensor.shape.slice(1), row * widthOf(tensor));

const instance = (inputs: readonly Tensor[], row: number): string =>
  inputs.length === 1
    ? cellOf(inputs[0]!, row)
    : `{${inputs.map((tensor) => `${JSON.stringify(tensor.name)}:${cellOf(tensor, row)}`).join(',')}}`;

/** The tensors' elements side by side. */
const toCsv = (tensors: readonly Tensor[], rows: number): string =>
  Array.from(
    { length: rows },
    (_, row) => `${tensors.flatMap((tensor) => elementsOf(tensor, row, csvCell)).join(',')}\n`,
  ).join('');

const elementsOf = (tensor: Tensor, row: number, write: typeof writeElement): string[] =>
  Array.from({ length: widthOf(tensor) }, (_, at) => write(tensor, row * widthOf(tensor) + at));

const csvCell: typeof writeElement = (tensor, at) =>
  tensor.datatype === 'BYTES' ? String(tensor.data[at]) : writeElement(tensor, at);

/** A frame with a column per input, or per element of the only input; cells as JSON. */
function toFrame(inputs: readonly Tensor[], featureNames: readonly string[] | undefined) {
  const [first] = inputs;
  const rows = Array.from({ length: first!.shape[0] as number }, (_, row) => row);
  if (inputs.length > 1) {
    return {
      columns: inputs.map(({ name }) => name),
      rows: rows.map((row) => inputs.map((tensor) => cellOf(tensor, row))),
      hasLists: inputs.some((tensor) => widthOf(tensor) > 1),
    };
  }
  const numbered = Array.from({ length: widthOf(first!) }, (_, at) => `c${at}`);
  return {
    columns: featureNames ?? numbered,
    rows: rows.map((row) => elementsOf(first!, row, writeElement)),
    hasLists: false,
  };
}
