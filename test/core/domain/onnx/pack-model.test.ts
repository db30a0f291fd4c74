import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ARTIFACT_LIMIT_BYTES } from '../../../../core/contracts/limits.ts';
import { packModel } from '../../../../core/domain/onnx/pack-model.ts';
import { planPacking } from '../../../../core/domain/onnx/plan-packing.ts';
import { prepareModel } from '../../../../core/domain/onnx/prepare-model.ts';
import { bytesField, message, textField, varintField } from '../../../../core/domain/onnx/protobuf-writer.ts';
import { caught } from '../../../support/caught.ts';
import {
  ELEMENT,
  externalTensor,
  functionProto,
  graphProto,
  identityModel,
  messageAttribute,
  node,
  onnxModel,
  rawTensor,
  sparseTensor,
  tensorValue,
} from '../../../support/onnx-models.ts';

const FILE = Uint8Array.from({ length: 100 }, (_, i) => i + 1);
const y = tensorValue('y', ELEMENT.FP32, [2]);

/** Two floats at `offset` of weights.bin: as they are exported, and as they are packed. */
const at = (offset: number, name = `w${offset}`) => ({
  external: externalTensor({
    name,
    dims: [2],
    entries: [
      ['location', 'weights.bin'],
      ['offset', String(offset)],
      ['length', '8'],
    ],
  }),
  packed: rawTensor({ name, dims: [2], raw: FILE.subarray(offset, offset + 8) }),
});

function pack(
  model: Uint8Array,
  files: Readonly<Record<string, Uint8Array>> = { 'weights.bin': FILE },
  pieceBytes = 7,
) {
  const plan = planPacking(model);
  if (!plan) return model;
  const packer = packModel(plan);
  for (const location of plan.locations) {
    const file = files[location] ?? new Uint8Array();
    const take = packer.fill(location);
    for (let i = 0; i < file.length; i += pieceBytes) take(file.subarray(i, i + pieceBytes));
    packer.check(location, { bytes: file.length, sha1: SHA1 });
  }
  return packer.bytes;
}

const SHA1 = '00'.repeat(20);

/** Every place of a model that may hold a tensor. */
const PLACES: Readonly<Record<string, (tensor: Uint8Array) => Uint8Array>> = {
  'an initializer': (tensor) => onnxModel({ outputs: [y], initializers: [tensor] }),
  'the values of a sparse initializer': (tensor) =>
    onnxModel({ outputs: [y], sparse: [sparseTensor(tensor, at(0).packed)] }),
  'the indices of a sparse initializer': (tensor) =>
    onnxModel({ outputs: [y], sparse: [sparseTensor(at(0).packed, tensor)] }),
  'the value of a Constant': (tensor) => onnxModel({ outputs: [y], nodes: [constant(tensor)] }),
  'one of several tensors of an attribute': (tensor) =>
    onnxModel({ outputs: [y], nodes: [carrying(messageAttribute('ts', 'tensors', at(0).packed, tensor))] }),
  'a sparse attribute': (tensor) =>
    onnxModel({
      outputs: [y],
      nodes: [carrying(messageAttribute('s', 'sparseTensor', sparseTensor(tensor, at(0).packed)))],
    }),
  'one of several sparse tensors': (tensor) =>
    onnxModel({
      outputs: [y],
      nodes: [carrying(messageAttribute('s', 'sparseTensors', sparseTensor(tensor, at(0).packed)))],
    }),
  'the body of a Loop': (tensor) =>
    onnxModel({
      outputs: [y],
      nodes: [carrying(messageAttribute('body', 'graph', graphProto({ initializers: [tensor] })))],
    }),
  'a Constant in a branch of an If in the body of a Scan': (tensor) =>
    onnxModel({
      outputs: [y],
      nodes: [
        carrying(
          messageAttribute(
            'body',
            'graph',
            graphProto({
              nodes: [carrying(messageAttribute('branches', 'graphs', graphProto({ nodes: [constant(tensor)] })))],
            }),
          ),
        ),
      ],
    }),
  'a function': (tensor) => onnxModel({ outputs: [y], functions: [functionProto([constant(tensor)])] }),
  'the default of an attribute of a function': (tensor) =>
    onnxModel({ outputs: [y], functions: [functionProto([], [messageAttribute('d', 'tensor', tensor)])] }),
};

const constant = (tensor: Uint8Array): Uint8Array =>
  node('Constant', { inputs: [], outputs: ['c'], attributes: [messageAttribute('value', 'tensor', tensor)] });
const carrying = (attribute: Uint8Array): Uint8Array =>
  node('Any', { inputs: [], outputs: [], attributes: [attribute] });

describe('packModel', () => {
  it.each(Object.entries(PLACES))('puts values from another file into %s', (_, place) => {
    const { external, packed } = at(10);
    expect(pack(place(external))).toEqual(place(packed));
  });

  it.each(Object.entries(PLACES))('finds nothing to pack where %s holds its values', (_, place) => {
    expect(planPacking(place(at(10).packed))).toBeUndefined();
  });

  it('takes ranges in any order, touching, overlapping, shared and empty, from pieces of any size', () => {
    const range = fc.record({ offset: fc.integer({ min: 0, max: 92 }), empty: fc.boolean() });
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), fc.integer({ min: 1, max: 120 }), (ranges, pieceBytes) => {
        const tensors = ranges.map(({ offset, empty }, index) => {
          const dims = [empty ? 0 : 2];
          const raw = FILE.subarray(offset, offset + (empty ? 0 : 8));
          const name = `t${index}`;
          const entries = [['location', 'weights.bin'] as const, ['offset', String(offset)] as const];
          return { external: externalTensor({ name, dims, entries }), packed: rawTensor({ name, dims, raw }) };
        });
        const model = (key: 'external' | 'packed') =>
          onnxModel({ outputs: [y], initializers: tensors.map((tensor) => tensor[key]) });
        expect(pack(model('external'), undefined, pieceBytes)).toEqual(model('packed'));
      }),
    );
  });

  it('takes several files, each named once', () => {
    const tensor = (location: string, name: string) =>
      externalTensor({ name, dims: [2], entries: [['location', location]] });
    const model = onnxModel({
      outputs: [y],
      initializers: [tensor('b/one.bin', 'p'), tensor('a.bin', 'q'), tensor('b/one.bin', 'r')],
    });
    const one = FILE.subarray(0, 8);
    const two = FILE.subarray(20, 30);
    expect(planPacking(model)?.locations).toEqual(['b/one.bin', 'a.bin']);
    expect(pack(model, { 'b/one.bin': one, 'a.bin': two })).toEqual(
      onnxModel({
        outputs: [y],
        initializers: [
          rawTensor({ name: 'p', dims: [2], raw: one }),
          rawTensor({ name: 'q', dims: [2], raw: two.subarray(0, 8) }),
          rawTensor({ name: 'r', dims: [2], raw: one }),
        ],
      }),
    );
  });

  it.each([
    { name: 'int4', elementType: ELEMENT.int4, dims: [3], bytes: 2 },
    { name: 'bool', elementType: ELEMENT.BOOL, dims: [3], bytes: 3 },
    { name: 'float16', elementType: ELEMENT.FP16, dims: [3], bytes: 6 },
    { name: 'double', elementType: ELEMENT.FP64, dims: [2, 1], bytes: 16 },
    { name: 'complex128', elementType: 15, dims: [1], bytes: 16 },
    { name: 'a scalar', elementType: ELEMENT.INT64, dims: [], bytes: 8 },
    { name: 'a size of zero beside a large one', elementType: ELEMENT.FP32, dims: [0, 2 ** 40], bytes: 0 },
  ])('knows that $name takes $bytes bytes', ({ elementType, dims, bytes }) => {
    const tensor = externalTensor({ elementType, dims, entries: [['location', 'weights.bin']] });
    const packed = rawTensor({ elementType, dims, raw: FILE.subarray(0, bytes) });
    expect(pack(onnxModel({ outputs: [y], initializers: [tensor] }))).toEqual(
      onnxModel({ outputs: [y], initializers: [packed] }),
    );
  });

  it('replaces values that stand in the model beside those in the file', () => {
    const both = message(at(0).external, bytesField(9, Uint8Array.of(9, 9)));
    const model = (tensor: Uint8Array) => onnxModel({ outputs: [y], initializers: [tensor] });
    expect(pack(model(both))).toEqual(model(at(0).packed));
  });

  it('leaves a tensor that only mentions a file: its values are in the model', () => {
    const entry = bytesField(13, message(textField(1, 'location'), textField(2, 'weights.bin')));
    const model = onnxModel({ outputs: [y], initializers: [message(at(0).packed, entry, varintField(14, 0))] });
    expect(planPacking(model)).toBeUndefined();
  });

  const external = (entries: readonly (readonly [string, string])[], dims = [2], elementType: number = ELEMENT.FP32) =>
    onnxModel({ outputs: [y], initializers: [externalTensor({ dims, elementType, entries })] });
  const named = (...entries: readonly (readonly [string, string])[]) =>
    external([['location', 'weights.bin'], ...entries]);

  it.each([
    '',
    '.',
    '..',
    './weights.bin',
    '../weights.bin',
    'a/../../weights.bin',
    'a//weights.bin',
    'a/',
    '/etc/passwd',
    'C:weights.bin',
    'c:/weights.bin',
    '\\\\host\\share',
    'a\\..\\weights.bin',
    'weights.bin\0.txt',
    'x'.repeat(501),
  ])('fails for the location %j, which names no plain file beside the model', (location) => {
    const error = caught(() => planPacking(external([['location', location]])));
    expect(error).toMatchObject({ code: 'onnx.external_data_unsafe', details: { tensor: 'w' } });
  });

  it('fails for a tensor that names no location', () => {
    expect(caught(() => planPacking(external([]))).code).toBe('onnx.external_data_unsafe');
  });

  it.each([
    { what: 'a length that its type does not have', model: named(['length', '9']), says: 'take 8 bytes' },
    { what: 'a length in hexadecimal', model: named(['length', '0x8']), says: '0x8' },
    { what: 'a negative offset', model: named(['offset', '-1']), says: '-1' },
    {
      what: 'an offset past what a double counts',
      model: named(['offset', '9007199254740993']),
      says: '9007199254740993',
    },
    { what: 'an entry given twice', model: named(['location', 'other.bin']), says: 'twice' },
    { what: 'a checksum that is none', model: named(['checksum', 'abc']), says: 'SHA-1' },
    { what: 'texts', model: external([['location', 'w']], [2], ELEMENT.BYTES), says: 'element type 8' },
    { what: 'an unknown type', model: external([['location', 'w']], [2], 99), says: 'element type 99' },
    { what: 'a negative size', model: external([['location', 'w']], [-2]), says: '[-2]' },
    {
      what: 'sizes whose product overflows',
      model: external([['location', 'w']], [2 ** 40, 2 ** 40]),
      says: 'no size',
    },
  ])('fails for $what', ({ model, says }) => {
    const error = caught(() => planPacking(model));
    expect(error.code).toBe('onnx.external_data_invalid');
    expect(error.message).toContain(says);
  });

  it('fails for a range that reaches past the end of its file', () => {
    const error = caught(() => pack(named(['offset', '93'])));
    expect(error).toMatchObject({
      code: 'onnx.external_data_invalid',
      details: { location: 'weights.bin', tensor: 'w', reason: 'they are bytes 93 to 101, and the file has 100' },
    });
  });

  it('fails for a file that is not the one whose SHA-1 the model states', () => {
    const stated = named(['checksum', 'AB'.repeat(20)]);
    expect(
      packModel(planPacking(stated) as NonNullable<ReturnType<typeof planPacking>>).statedSha1('weights.bin'),
    ).toEqual(['ab'.repeat(20)]);
    expect(caught(() => pack(stated)).message).toContain('ab'.repeat(20));
    expect(pack(named(['checksum', SHA1]))).toEqual(
      onnxModel({ outputs: [y], initializers: [rawTensor({ dims: [2], raw: FILE.subarray(0, 8) })] }),
    );
  });

  it.each([
    { what: 'a data_location that others cut to 1', bytes: message(at(0).packed, varintField(14, 2n ** 32n + 1n)) },
    { what: 'a data_location of its own', bytes: message(at(0).packed, varintField(14, 2)) },
    {
      what: 'a tag that others cut to 32 bits',
      bytes: message(at(0).packed, Uint8Array.of(0xf0, 0x80, 0x80, 0x80, 0x10, 1)),
    },
    { what: 'ten thousand dimensions', bytes: bytesField(1, new Uint8Array(10_000).fill(1)) },
    {
      what: 'ten thousand entries',
      bytes: message(...Array.from({ length: 10_000 }, () => bytesField(13, new Uint8Array()))),
    },
  ])('fails for $what', ({ bytes }) => {
    expect(caught(() => planPacking(onnxModel({ outputs: [y], initializers: [bytes] }))).code).toBe('onnx.malformed');
  });

  it('fails for graphs nested without end, and takes thirty', () => {
    const deep = (depth: number): Uint8Array => {
      let graph = graphProto({ initializers: [at(0).external] });
      for (let i = 0; i < depth; i += 1) {
        graph = graphProto({ nodes: [carrying(messageAttribute('body', 'graph', graph))] });
      }
      return onnxModel({ outputs: [y], nodes: [carrying(messageAttribute('body', 'graph', graph))] });
    };
    expect(planPacking(deep(30))?.locations).toEqual(['weights.bin']);
    expect(caught(() => planPacking(deep(200))).code).toBe('onnx.malformed');
  });

  it('fails to prepare a model that is not whole, naming every file it lacks', () => {
    const files = Array.from({ length: 7 }, (_, i) =>
      externalTensor({ name: `t${i}`, entries: [['location', `${i}.bin`]] }),
    );
    const error = caught(() => prepareModel(onnxModel({ outputs: [y], initializers: files })));
    expect(error).toMatchObject({
      code: 'onnx.external_data_missing',
      details: { locations: ['0.bin', '1.bin', '2.bin', '3.bin', '4.bin', '5.bin', '6.bin'] },
    });
    expect(error.message).toContain('"4.bin", 2 more');
  });

  it('never reads or writes outside, whatever the bytes', () => {
    const model = PLACES['a Constant in a branch of an If in the body of a Scan']?.(at(10).external) as Uint8Array;
    const damaged = fc.tuple(fc.nat(model.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(damaged, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = model.slice();
        for (const [index, value] of changes) bytes[index] = value;
        let outcome = 'packed';
        try {
          // As whoever packs does: a length that a byte has made gigabytes is refused before memory is asked for.
          const isTooLarge = (planPacking(bytes)?.model.length ?? 0) > ARTIFACT_LIMIT_BYTES;
          if (!isTooLarge) pack(bytes);
        } catch (error) {
          outcome = caught(() => {
            throw error;
          }).code;
        }
        expect(['packed', 'onnx.malformed', 'onnx.external_data_unsafe', 'onnx.external_data_invalid']).toContain(
          outcome,
        );
      }),
    );
  });

  it('leaves a model that is one file as it is', () => {
    expect(planPacking(identityModel(ELEMENT.FP32, ['N', 2]))).toBeUndefined();
  });
});
