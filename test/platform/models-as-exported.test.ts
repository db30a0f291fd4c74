import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeelsonClient } from '../../apps/client/index.ts';
import { writeLargeModel } from '../../bench/large-model.ts';
import { processPeaks } from '../../bench/process-peaks.ts';
import { ARTIFACT_LIMIT_BYTES } from '../../core/contracts/limits.ts';
import { type KeelsonProcess, keelson, lastJson, startKeelson } from '../support/keelson-process.ts';
import {
  ELEMENT,
  externalTensor,
  graphProto,
  initializer,
  messageAttribute,
  node,
  onnxModel,
  rawTensor,
  tensorValue,
} from '../support/onnx-models.ts';

let folder: string;
let platform: KeelsonProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-exported-'));
  platform = await startKeelson(join(folder, 'state'));
});

afterAll(async () => {
  await platform.kill('SIGTERM');
  rmSync(folder, { recursive: true });
});

const file = (name: string, content: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

/** Registers by the command line and lets it serve. @returns the version */
async function register(service: string, path: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await keelson(platform.url, 'register', service, path, '--promote', '--json');
  expect([code, stderr]).toEqual([0, '']);
  return lastJson(stdout);
}

async function predict(
  service: string,
  inputs: readonly object[],
): Promise<{ name: string; shape: number[]; data: unknown[] }[]> {
  const request = file(`${service}.json`, Buffer.from(JSON.stringify({ inputs })));
  const { code, stdout, stderr } = await keelson(platform.url, 'predict', service, '--input', request, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return lastJson(stdout)['outputs'] as { name: string; shape: number[]; data: unknown[] }[];
}

const FP32 = (name: string, shape: number[], data: number[]) => ({ name, datatype: 'FP32', shape, data });

/** `y` = `x` + `w` + a Constant in both branches of an If; every weight is in model.onnx.data. */
function externalModel(offset: (index: number) => number): Uint8Array {
  const weights = (name: string, index: number) =>
    externalTensor({
      name,
      dims: [2],
      entries: [
        ['location', 'model.onnx.data'],
        ['offset', String(offset(index))],
        ['length', '8'],
      ],
    });
  const branch = (index: number) =>
    graphProto({
      outputs: [tensorValue('b', ELEMENT.FP32, [2])],
      nodes: [
        node('Constant', {
          inputs: [],
          outputs: ['b'],
          attributes: [messageAttribute('value', 'tensor', weights('c', index))],
        }),
      ],
    });
  return onnxModel({
    inputs: [tensorValue('x', ELEMENT.FP32, ['N', 2]), tensorValue('which', ELEMENT.BOOL, [])],
    outputs: [tensorValue('y', ELEMENT.FP32, ['N', 2])],
    nodes: [
      node('If', {
        inputs: ['which'],
        outputs: ['chosen'],
        attributes: [
          messageAttribute('then_branch', 'graph', branch(1)),
          messageAttribute('else_branch', 'graph', branch(2)),
        ],
      }),
      node('Add', { inputs: ['x', 'w'], outputs: ['sum'] }),
      node('Add', { inputs: ['sum', 'chosen'], outputs: ['y'] }),
    ],
    initializers: [weights('w', 0)],
  });
}

describe('models as exported, by the command line', () => {
  it('serves a model whose weights lie in a file beside it, subgraphs included', async () => {
    const model = file(
      'model.onnx',
      externalModel((index) => index * 64),
    );
    const data = new Uint8Array(136);
    for (const [index, values] of [floats(1, 2), floats(10, 20), floats(100, 200)].entries())
      data.set(values, index * 64);
    file('model.onnx.data', data);
    const version = await register('external', model);
    expect(version).toMatchObject({
      bytes: statSync(model).size,
      externalData: [{ location: 'model.onnx.data', bytes: data.length }],
      notes: [expect.stringContaining('the weights of 3 tensors came from "model.onnx.data"')],
    });
    const ask = (which: boolean) =>
      predict('external', [
        FP32('x', [1, 2], [0.5, 0.5]),
        { name: 'which', datatype: 'BOOL', shape: [], data: [which] },
      ]);
    expect(await ask(true)).toMatchObject([{ data: [11.5, 22.5] }]);
    expect(await ask(false)).toMatchObject([{ data: [101.5, 202.5] }]);
  });

  it('fails for weights behind a hard link, and for weights that reach past their file', async () => {
    linkSync(file('secret', floats(1, 2)), join(folder, 'linked.data'));
    const linked = onnxModel({
      outputs: [tensorValue('w', ELEMENT.FP32, [2])],
      initializers: [externalTensor({ dims: [2], entries: [['location', 'linked.data']] })],
    });
    const refused = await keelson(platform.url, 'register', 'linked', file('linked.onnx', linked));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('hard link')]);
    const beyond = await keelson(
      platform.url,
      'register',
      'beyond',
      file(
        'beyond.onnx',
        externalModel(() => 1_000_000),
      ),
    );
    expect([beyond.code, beyond.stderr]).toEqual([1, expect.stringContaining('onnx.external_data_invalid')]);
  });

  it('serves a model in ORT format', async () => {
    const version = await register('ort', 'test/fixtures/ort/mixed.ort');
    expect(version).toMatchObject({ notes: [], metadata: { ort_format_version: '6' } });
    const [y, same, again, all] = await predict('ort', [
      FP32('x', [1, 2], [1, 2]),
      { name: 'texts', datatype: 'BYTES', shape: [1, 1], data: ['é'] },
      { name: 'scalar', datatype: 'INT64', shape: [], data: [7] },
      { name: 'anything', datatype: 'BOOL', shape: [1, 1, 2], data: [true, false] },
    ]);
    // w [1, 2], and the default of bias [0.5, 0.25].
    expect(y).toMatchObject({ shape: [1, 2], data: [2.5, 4.25] });
    expect(same).toMatchObject({ data: ['é'] });
    expect(again).toMatchObject({ shape: [], data: [7] });
    expect(all).toMatchObject({ shape: [1, 1, 2], data: [true, false] });
  });

  it('fails for a model in ORT format that is cut off, and for one with a ZipMap', async () => {
    const whole = readFileSync('test/fixtures/ort/mixed.ort');
    const cut = await keelson(platform.url, 'register', 'cut', file('cut.ort', whole.subarray(0, 300)));
    expect([cut.code, cut.stderr]).toEqual([1, expect.stringContaining('onnx.malformed')]);
    const zipMap = await keelson(platform.url, 'register', 'zipmap', 'test/fixtures/ort/zipmap.ort');
    expect([zipMap.code, zipMap.stderr]).toEqual([1, expect.stringContaining('register the .onnx file')]);
  });

  it('serves a model without inputs, and outputs of no element and of rank 0', async () => {
    const model = onnxModel({
      outputs: [
        tensorValue('none', ELEMENT.FP32, [0, 2]),
        tensorValue('one', ELEMENT.FP32, []),
        tensorValue('some', ELEMENT.INT64, [2]),
      ],
      nodes: [
        node('Identity', { inputs: ['empty'], outputs: ['none'] }),
        node('Identity', { inputs: ['scalar'], outputs: ['one'] }),
        node('Identity', { inputs: ['pair'], outputs: ['some'] }),
      ],
      initializers: [
        rawTensor({ name: 'empty', dims: [0, 2], raw: new Uint8Array() }),
        rawTensor({ name: 'scalar', raw: floats(1.5) }),
        rawTensor({
          name: 'pair',
          elementType: ELEMENT.INT64,
          dims: [2],
          raw: new Uint8Array(BigInt64Array.of(2n ** 53n + 1n, -1n).buffer),
        }),
      ],
    });
    await register('constants', file('constants.onnx', model));
    const answer = await fetch(`${platform.url}/v2/models/constants/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"inputs":[]}',
    });
    expect(await answer.text()).toContain(
      '{"name":"none","datatype":"FP32","shape":[0,2],"data":[]},' +
        '{"name":"one","datatype":"FP32","shape":[],"data":[1.5]},' +
        '{"name":"some","datatype":"INT64","shape":[2],"data":[9007199254740993,-1]}',
    );
  });

  it('serves a model of IR version 3, which lists its weights among its inputs', async () => {
    const model = onnxModel({
      irVersion: 3,
      inputs: [tensorValue('x', ELEMENT.FP32, ['N', 2]), tensorValue('w', ELEMENT.FP32, [2])],
      outputs: [tensorValue('y', ELEMENT.FP32, ['N', 2])],
      nodes: [node('Add', { inputs: ['x', 'w'], outputs: ['y'] })],
      initializers: [initializer('w', [2], [1, 2])],
    });
    const version = await register('old', file('old.onnx', model));
    expect(version['signature']).toMatchObject({ inputs: [{ name: 'x' }] });
    expect(await predict('old', [FP32('x', [1, 2], [1, 1])])).toMatchObject([{ data: [2, 3] }]);
  });

  it('serves a model of exactly 200 MB, and registers it in half the memory that the function has', async () => {
    const path = join(folder, 'large.onnx');
    const { inputs, outputs } = writeLargeModel(path, ARTIFACT_LIMIT_BYTES);
    expect(await register('large', path)).toMatchObject({ bytes: ARTIFACT_LIMIT_BYTES });
    const peaks = processPeaks(platform.child.pid as number);
    expect(peaks.find(({ name }) => name.includes('PlatformControl'))?.peakMiB).toBeLessThan(512);
    const x = new Array<number>(inputs).fill(1);
    const [y] = await predict('large', [FP32('x', [1, inputs], x)]);
    expect(y).toMatchObject({ shape: [1, outputs] });
    expect(y?.data.slice(0, 3)).toEqual([2, 0, 0]);
  });

  it('fails for a model of one byte more, before a byte travels, and where it was uploaded all the same', async () => {
    const path = join(folder, 'larger.onnx');
    writeLargeModel(path, ARTIFACT_LIMIT_BYTES + 1);
    const refused = await keelson(platform.url, 'register', 'larger', path);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('at most 200.0 MiB are taken')]);
    const client = createKeelsonClient({ url: platform.url });
    const target = await client.createUpload('larger');
    await client.upload(target, path);
    const body = { sha256: 'a'.repeat(64), uploadId: target.uploadId };
    const answer = await fetch(`${platform.url}/api/services/larger/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      413,
      { code: 'artifact.too_large', details: { bytes: ARTIFACT_LIMIT_BYTES + 1, limitBytes: ARTIFACT_LIMIT_BYTES } },
    ]);
  });
});
