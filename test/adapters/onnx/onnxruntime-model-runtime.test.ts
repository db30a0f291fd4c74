import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadOnnxruntime } from '../../../adapters/onnx/load-onnxruntime.ts';
import { onnxruntimeModelRuntime } from '../../../adapters/onnx/onnxruntime-model-runtime.ts';
import type { Datatype, TensorDataOf } from '../../../core/domain/inference/datatype.ts';
import { parseElements } from '../../../core/domain/inference/parse-elements.ts';
import { sampleInputs } from '../../../core/domain/inference/sample-inputs.ts';
import type { Tensor } from '../../../core/domain/inference/tensor.ts';
import type { JsonValue } from '../../../core/domain/json/parse-json.ts';
import { prepareModel } from '../../../core/domain/onnx/prepare-model.ts';
import type { LoadedModel } from '../../../core/ports/model-runtime.ts';
import { caughtFrom } from '../../support/caught.ts';
import { ELEMENT, identityModel, initializer, node, onnxModel, tensorValue } from '../../support/onnx-models.ts';
import { missing, SHARED } from '../../support/shared.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';
const runtime = onnxruntimeModelRuntime(() => loadOnnxruntime(resolve('assets')));

const opened: LoadedModel[] = [];
afterAll(() => Promise.all(opened.map((model) => model.release())));

async function load(bytes: Uint8Array): Promise<LoadedModel> {
  const { signature } = prepareModel(bytes);
  const model = await runtime.load(bytes, { service: 'test', version: 7, signature });
  opened.push(model);
  return model;
}

const HALVES = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);

const ELEMENTS: { readonly [D in Datatype]: TensorDataOf[D] } = {
  BOOL: Uint8Array.of(0, 1, 1, 0),
  UINT8: Uint8Array.of(0, 1, 254, 255),
  UINT16: Uint16Array.of(0, 65_535),
  UINT32: Uint32Array.of(0, 2 ** 32 - 1),
  UINT64: BigUint64Array.of(0n, 2n ** 53n + 1n, 2n ** 64n - 1n),
  INT8: Int8Array.of(-128, 127),
  INT16: Int16Array.of(-32_768, 32_767),
  INT32: Int32Array.of(-(2 ** 31), 2 ** 31 - 1),
  INT64: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n, 2n ** 63n - 1n),
  FP16: HALVES,
  FP32: Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e-45, 3.4e38),
  FP64: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, 5e-324, 1.7e308),
  BYTES: ['', 'é', '😀 and a "quote"', 'line\nbreak', 'x'.repeat(100_000)],
};

describe('onnxruntime', () => {
  for (const [datatype, data] of Object.entries(ELEMENTS) as [Datatype, TensorDataOf[Datatype]][]) {
    it(`returns every element of ${datatype} as it was given`, async () => {
      const model = await load(identityModel(ELEMENT[datatype], ['N']));
      const x: Tensor = { name: 'x', datatype, shape: [data.length], data };
      expect(await model.run([x], ['y'])).toEqual([{ ...x, name: 'y' }]);
    });

    it(`takes and returns no row, one scalar and a part of a larger buffer of ${datatype}`, async () => {
      const none: Tensor = { name: 'x', datatype, shape: [0, 2], data: data.slice(0, 0) };
      const matrix = await load(identityModel(ELEMENT[datatype], ['N', 2]));
      expect(await matrix.run([none], ['y'])).toEqual([{ ...none, name: 'y' }]);
      const scalar: Tensor = { name: 'x', datatype, shape: [], data: data.slice(1, 2) };
      const single = await load(identityModel(ELEMENT[datatype], []));
      expect(await single.run([scalar], ['y'])).toEqual([{ ...scalar, name: 'y' }]);
      const part = Array.isArray(data) ? data.slice(1, 2) : data.subarray(1, 2);
      expect(await single.run([{ ...scalar, data: part }], ['y'])).toEqual([{ ...scalar, name: 'y' }]);
    });
  }

  it('takes tensors of any shape where the model does not say how many dimensions there are', async () => {
    const model = await load(identityModel(ELEMENT.FP32));
    const x: Tensor = { name: 'x', datatype: 'FP32', shape: [1, 2, 1], data: Float32Array.of(1, 2) };
    expect(await model.run([x], ['y'])).toEqual([{ ...x, name: 'y' }]);
  });

  it('computes the outputs that are asked for, in that order', async () => {
    const values = ['y', 'z'].map((name) => tensorValue(name, ELEMENT.FP32, ['N']));
    const nodes = [node('Identity', { inputs: ['x'], outputs: ['y'] }), node('Neg', { inputs: ['x'], outputs: ['z'] })];
    const model = await load(onnxModel({ inputs: [tensorValue('x', ELEMENT.FP32, ['N'])], outputs: values, nodes }));
    const x: Tensor = { name: 'x', datatype: 'FP32', shape: [1], data: Float32Array.of(3) };
    const named = async (outputs: string[]) => (await model.run([x], outputs)).map(({ name, data }) => [name, data[0]]);
    expect(await named(['z', 'y'])).toEqual([
      ['z', -3],
      ['y', 3],
    ]);
    expect(await named(['z'])).toEqual([['z', -3]]);
  });

  it('fails as the model when it cannot be loaded, and keeps the reason for the log', async () => {
    const nodes = [node('NoSuchOperator', { inputs: ['x'], outputs: ['y'] })];
    const bytes = onnxModel({
      inputs: [tensorValue('x', ELEMENT.FP32, ['N'])],
      outputs: [tensorValue('y', ELEMENT.FP32, ['N'])],
      nodes,
    });
    const error = await caughtFrom(load(bytes));
    expect(error).toMatchObject({ code: 'infer.model_failed', details: { service: 'test', version: 7 } });
    expect(error.message).toBe('version 7 of test cannot be loaded');
    expect(String(error.cause)).toContain('NoSuchOperator');
  });

  it('fails as the model when it fails on an input, and answers the next one', async () => {
    const model = await load(
      onnxModel({
        inputs: [tensorValue('x', ELEMENT.FP32, [null])],
        outputs: [tensorValue('y', ELEMENT.FP32, [null])],
        nodes: [node('Add', { inputs: ['x', 'w'], outputs: ['y'] })],
        initializers: [initializer('w', [2], [1, 1])],
      }),
    );
    const x = (...values: number[]): Tensor => ({
      name: 'x',
      datatype: 'FP32',
      shape: [values.length],
      data: Float32Array.from(values),
    });
    const error = await caughtFrom(model.run([x(1, 2, 3)], ['y']));
    expect(error).toMatchObject({ code: 'infer.model_failed', message: 'version 7 of test failed on this input' });
    expect((await model.run([x(1, 2)], ['y']))[0]?.data).toEqual(Float32Array.of(2, 3));
  });

  it('loads the library at the first model, once', async () => {
    let loads = 0;
    const counting = onnxruntimeModelRuntime(() => {
      loads += 1;
      return loadOnnxruntime(resolve('assets'));
    });
    expect(loads).toBe(0);
    const bytes = identityModel(ELEMENT.FP32, ['N']);
    const version = { service: 'test', version: 1, signature: prepareModel(bytes).signature };
    for (let i = 0; i < 2; i += 1) opened.push(await counting.load(bytes, version));
    expect(loads).toBe(1);
  });
});

interface Case {
  readonly inputs: readonly CaseTensor[];
  readonly outputs: readonly CaseTensor[];
  readonly rtol: number;
  readonly atol: number;
  readonly zipmap?: { name: string; labels: (string | number | boolean)[]; probabilities: number[][] };
}
interface CaseTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: number[];
  readonly data: JsonValue[];
}

const absent = missing('models');
const modelFiles = absent ? [] : readdirSync(join(SHARED, 'models')).filter((name) => name.endsWith('.onnx'));
const caseOf = (file: string): string => join(SHARED, 'models', file.replace(/\.onnx$/, '.case.json'));

/** Greatest distance beyond the tolerance, as numpy's allclose has it; 0 where all are close. */
function excess(got: ArrayLike<number>, expected: ArrayLike<number>, { rtol, atol }: Case): number {
  const beyond = Array.from(
    expected,
    (value, i) => Math.abs((got[i] as number) - value) - (atol + rtol * Math.abs(value)),
  );
  return Math.max(0, ...beyond);
}

/** ONNX has no boolean labels: the exporter writes 0 and 1. */
const asExported = (label: string | number | boolean) => (typeof label === 'boolean' ? Number(label) : label);

const isFloat = ({ data }: Tensor) => data instanceof Float32Array || data instanceof Float64Array;

describe.skipIf(absent)(`models of frameworks${absent ? ` (${absent})` : ''}`, () => {
  it.each(modelFiles)('%s is served as it was exported', async (file) => {
    const prepared = prepareModel(readFileSync(join(SHARED, 'models', file)));
    const model = await load(prepared.bytes);
    const sample = sampleInputs(prepared.signature) ?? [];
    const outputs = prepared.signature.outputs.map(({ name }) => name);
    // Zero pixels and empty texts are no error of any of these models.
    expect((await model.run(sample, outputs)).map(({ name }) => name)).toEqual(outputs);
  });

  it.each(modelFiles.filter((file) => existsSync(caseOf(file))))('%s answers as its framework did', async (file) => {
    const wanted = JSON.parse(readFileSync(caseOf(file), 'utf8')) as Case;
    const prepared = prepareModel(readFileSync(join(SHARED, 'models', file)));
    const model = await load(prepared.bytes);
    const inputs = wanted.inputs.map((input) => ({ ...input, data: parseElements(input, input.data) }));
    const names = [...wanted.outputs.map(({ name }) => name), ...(wanted.zipmap ? [wanted.zipmap.name] : [])];
    expect(names.toSorted()).toEqual(prepared.signature.outputs.map(({ name }) => name).toSorted());
    const answers = await model.run(inputs, names);
    for (const [i, output] of wanted.outputs.entries()) {
      const answer = answers[i] as Tensor;
      expect({ name: answer.name, datatype: answer.datatype, shape: answer.shape }).toEqual({
        name: output.name,
        datatype: output.datatype,
        shape: output.shape,
      });
      const expected = parseElements(output, output.data);
      if (isFloat(answer)) expect(excess(answer.data as Float32Array, expected as Float32Array, wanted)).toBe(0);
      else expect(answer.data).toEqual(expected);
    }
    const { zipmap } = wanted;
    const scores = answers[wanted.outputs.length]?.data as Float32Array | undefined;
    expect(prepared.classLabels).toEqual(zipmap ? { [zipmap.name]: zipmap.labels.map(asExported) } : {});
    expect(scores?.length).toBe(zipmap?.probabilities.flat().length);
    expect(excess(scores ?? [], zipmap?.probabilities.flat() ?? [], wanted)).toBe(0);
  });
});

describe('loadOnnxruntime', () => {
  it('points the C library at the locales beside the bundle, and loads what is installed', () => {
    expect(loadOnnxruntime(resolve('assets')).InferenceSession).toBeTypeOf('function');
    expect(process.env['LOCPATH']).toBe(resolve('assets', 'locale'));
    expect(existsSync(join(resolve('assets', 'locale'), 'en_US.UTF-8'))).toBe(true);
  });
});
