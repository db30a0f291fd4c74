import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATATYPES } from '../../../../core/domain/inference/datatype.ts';
import { prepareModel } from '../../../../core/domain/onnx/prepare-model.ts';
import { readOnnxModel, tensorSignature } from '../../../../core/domain/onnx/read-model.ts';
import { caught } from '../../../support/caught.ts';
import {
  ELEMENT,
  identityModel,
  initializer,
  integersAttribute,
  node,
  onnxModel,
  otherValue,
  tensorValue,
} from '../../../support/onnx-models.ts';
import { missing, SHARED } from '../../../support/shared.ts';

const shapeOf = (...dimensions: (number | string | null)[]) => {
  const [input] = readOnnxModel(identityModel(ELEMENT.FP32, dimensions)).inputs;
  return input?.tensor?.shape;
};

describe('readOnnxModel', () => {
  it.each(DATATYPES)('reads tensors of %s', (datatype) => {
    const { signature } = prepareModel(identityModel(ELEMENT[datatype], ['N', 2]));
    expect(signature).toEqual({
      inputs: [{ name: 'x', datatype, shape: ['N', 2] }],
      outputs: [{ name: 'y', datatype, shape: ['N', 2] }],
    });
  });

  it.each([
    { what: 'a fixed size', file: 3, read: 3 },
    { what: 'a name', file: 'batch', read: 'batch' },
    { what: 'nothing', file: null, read: null },
    { what: '-1', file: -1, read: null },
    { what: '0', file: 0, read: null },
    { what: 'an empty name', file: '', read: null },
  ])('reads the dimension $what as $read', ({ file, read }) => {
    expect(shapeOf(file, 7)).toEqual([read, 7]);
  });

  it('reads a scalar apart from an unknown number of dimensions', () => {
    const scalar = readOnnxModel(identityModel(ELEMENT.FP32, [])).inputs.map(tensorSignature);
    expect(scalar).toEqual([{ name: 'x', datatype: 'FP32', shape: [] }]);
    const unknown = readOnnxModel(identityModel(ELEMENT.FP32)).inputs.map(tensorSignature);
    expect(unknown).toEqual([{ name: 'x', datatype: 'FP32', shape: [], anyRank: true }]);
  });

  it('leaves initializers out of the inputs, where old files list them', () => {
    const model = onnxModel({
      inputs: [tensorValue('x', ELEMENT.FP32, ['N']), tensorValue('w', ELEMENT.FP32, [1])],
      outputs: [tensorValue('y', ELEMENT.FP32, ['N'])],
      nodes: [node('Add', { inputs: ['x', 'w'], outputs: ['y'] })],
      initializers: [initializer('w', [1], [2])],
    });
    expect(readOnnxModel(model).inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('reads the metadata, also under odd keys', () => {
    const { metadata } = readOnnxModel(
      onnxModel({
        outputs: [tensorValue('y', ELEMENT.FP32, [])],
        metadata: { author: 'é', '': 'empty', constructor: 'c' },
      }),
    );
    expect(metadata).toEqual({
      ir_version: '8',
      producer_name: 'test',
      opset_import: 'ai.onnx 17, ai.onnx.ml 3',
      author: 'é',
      '': 'empty',
      constructor: 'c',
    });
  });

  it('reads a node whose attribute packs a million integers', () => {
    const attributes = [integersAttribute('nodes_featureids', new Array(1_000_000).fill(7))];
    const model = onnxModel({
      outputs: [tensorValue('y', ELEMENT.FP32, [])],
      nodes: [node('TreeEnsembleClassifier', { inputs: [], outputs: ['y'], attributes })],
    });
    expect(readOnnxModel(model).zipMaps).toEqual([]);
  });

  it.each([
    { what: 'no bytes', bytes: new Uint8Array(), reason: 'it has no graph' },
    { what: 'a text file', bytes: new TextEncoder().encode('hello, world'), reason: 'the wire type 4 does not exist' },
    { what: 'a picture', bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), reason: '' },
    { what: 'a graph without outputs', bytes: onnxModel({}), reason: 'its graph has no output' },
    {
      what: 'a dimension of 2^60',
      bytes: identityModel(ELEMENT.FP32, [2 ** 60]),
      reason: 'a dimension has the size 1152921504606847000',
    },
  ])('fails for $what', ({ bytes, reason }) => {
    const error = caught(() => readOnnxModel(bytes));
    expect(error).toMatchObject({ code: 'onnx.malformed', details: { reason: expect.stringContaining(reason) } });
  });

  it('tells the offset in the file, also where the bytes are a view of a larger buffer', () => {
    const file = identityModel(ELEMENT.FP32, ['N']).slice(0, -3);
    const view = new Uint8Array(1000 + file.length).subarray(1000);
    view.set(file);
    expect(caught(() => readOnnxModel(view)).details).toEqual(caught(() => readOnnxModel(file)).details);
  });
});

describe('prepareModel', () => {
  it('leaves a model that can be served as it is untouched', () => {
    const bytes = identityModel(ELEMENT.FP32, ['N']);
    const prepared = prepareModel(bytes);
    expect(prepared.bytes).toBe(bytes);
    expect(prepared).toMatchObject({ notes: [], classLabels: {} });
  });

  const y = tensorValue('y', ELEMENT.FP32, ['N']);
  it.each([
    { what: 'an int4 input', model: identityModel(ELEMENT.int4, ['N']), details: { what: 'int4', tensor: 'x' } },
    {
      what: 'a bfloat16 output',
      model: onnxModel({ outputs: [tensorValue('y', ELEMENT.bfloat16, [])] }),
      details: { what: 'bfloat16', tensor: 'y' },
    },
    {
      what: 'a float8 output',
      model: onnxModel({ outputs: [tensorValue('y', ELEMENT.float8e4m3fn, [])] }),
      details: { what: 'float8e4m3fn', tensor: 'y' },
    },
    {
      what: 'an element type nobody knows',
      model: identityModel(99, ['N']),
      details: { what: 'element type 99', tensor: 'x' },
    },
    { what: 'no element type', model: identityModel(0, ['N']), details: { what: 'undefined', tensor: 'x' } },
    {
      what: 'a sequence output',
      model: onnxModel({ outputs: [y, otherValue('s', 'sequence')] }),
      details: { what: 'sequence', tensor: 's' },
    },
    {
      what: 'a map output',
      model: onnxModel({ outputs: [otherValue('m', 'map')] }),
      details: { what: 'map', tensor: 'm' },
    },
    {
      what: 'an optional input',
      model: onnxModel({ inputs: [otherValue('o', 'optional')], outputs: [y] }),
      details: { what: 'optional', tensor: 'o' },
    },
    {
      what: 'a sparse output',
      model: onnxModel({ outputs: [otherValue('p', 'sparseTensor')] }),
      details: { what: 'sparse tensor', tensor: 'p' },
    },
  ])('fails for $what and names it', ({ model, details }) => {
    const error = caught(() => prepareModel(model));
    expect(error).toMatchObject({ code: 'onnx.unsupported', details });
    expect(error.message).toContain(JSON.stringify(details.tensor));
  });
});

const XGB = ['models', 'xgb_clf.onnx'] as const;
const absent = missing(...XGB);

/** Every outcome that a damaged file may have, by name; anything else is a bug and is thrown on. */
function outcome(bytes: Uint8Array): string {
  try {
    return prepareModel(bytes).signature.outputs.length > 0 ? 'read' : 'nothing';
  } catch (error) {
    return caught(() => {
      throw error;
    }).code;
  }
}

describe.skipIf(absent)(`a damaged file${absent ? ` (${absent})` : ''}`, () => {
  const file = absent ? new Uint8Array() : new Uint8Array(readFileSync(join(SHARED, ...XGB)));
  const ALLOWED = ['read', 'onnx.malformed', 'onnx.unsupported'];

  it('is read or refused as such, cut off at any byte', () => {
    for (let end = 0; end < file.length; end += 1) expect(ALLOWED).toContain(outcome(file.subarray(0, end)));
  });

  it('is read or refused as such, with any byte changed', () => {
    // A linear congruential generator: the same 2,000 damages in every run.
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
      return Math.floor((seed / 2 ** 32) * below);
    };
    for (let i = 0; i < 2_000; i += 1) {
      const damaged = file.slice();
      for (let flips = 1 + random(3); flips > 0; flips -= 1) damaged[random(file.length)] = random(256);
      expect(ALLOWED).toContain(outcome(damaged));
    }
  });
});
