import { describe, expect, it } from 'vitest';
import {
  columnDatatypes,
  flatRowsToTensors,
  recordsToTensors,
  tensorsToRecords,
} from '../../../../core/domain/inference/rows.ts';
import type { ModelSignature, TensorSignature } from '../../../../core/domain/inference/signature.ts';
import type { Tensor } from '../../../../core/domain/inference/tensor.ts';
import type { JsonValue } from '../../../../core/domain/json/parse-json.ts';
import { caught } from '../../../support/caught.ts';

const signature = (...inputs: TensorSignature[]): ModelSignature => ({ inputs, outputs: [] });
const input = (
  name: string,
  shape: TensorSignature['shape'],
  more: Partial<TensorSignature> = {},
): TensorSignature => ({
  name,
  datatype: 'FP32',
  shape,
  ...more,
});

/** Name, shape and elements, to be compared as a whole. */
const plain = (tensors: readonly Tensor[]) => tensors.map(({ name, shape, data }) => [name, shape, [...data]]);

describe('flatRowsToTensors', () => {
  it.each([
    {
      what: 'one matrix',
      inputs: [input('x', ['N', 2])],
      rows: [
        [1, 2],
        [3, 4],
      ],
      tensors: [['x', [2, 2], [1, 2, 3, 4]]],
    },
    { what: 'a vector', inputs: [input('x', ['N'])], rows: [[1], [2]], tensors: [['x', [2], [1, 2]]] },
    { what: 'a column', inputs: [input('x', [null, 1])], rows: [[1], [2]], tensors: [['x', [2, 1], [1, 2]]] },
    {
      what: 'an image a row',
      inputs: [input('x', ['N', 2, 2])],
      rows: [[1, 2, 3, 4]],
      tensors: [['x', [1, 2, 2], [1, 2, 3, 4]]],
    },
    {
      what: 'a variable inner dimension',
      inputs: [input('x', ['N', null])],
      rows: [[1, 2, 3]],
      tensors: [['x', [1, 3], [1, 2, 3]]],
    },
    {
      what: 'a variable dimension between fixed ones',
      inputs: [input('x', ['N', 'T', 2])],
      rows: [[1, 2, 3, 4]],
      tensors: [['x', [1, 2, 2], [1, 2, 3, 4]]],
    },
    {
      what: 'any rank',
      inputs: [input('x', [], { anyRank: true })],
      rows: [
        [1, 2],
        [3, 4],
      ],
      tensors: [['x', [2, 2], [1, 2, 3, 4]]],
    },
    {
      what: 'several inputs side by side',
      inputs: [input('a', ['N', 2]), input('b', ['N']), input('c', ['N', 1], { datatype: 'BYTES' })],
      rows: [
        [1, 2, 3, 'x'],
        [4, 5, 6, 'y'],
      ],
      tensors: [
        ['a', [2, 2], [1, 2, 4, 5]],
        ['b', [2], [3, 6]],
        ['c', [2, 1], ['x', 'y']],
      ],
    },
  ])('lays rows out as $what', ({ inputs, rows, tensors }) => {
    expect(plain(flatRowsToTensors(signature(...inputs), rows as JsonValue[][]))).toEqual(tensors);
  });

  it('fails for a row of another width and names it', () => {
    const error = caught(() =>
      flatRowsToTensors(signature(input('x', ['N', 2])), [
        [1, 2],
        [1, 2, 3],
      ]),
    );
    expect(error).toMatchObject({ code: 'infer.shape_mismatch', details: { got: [3], expected: [2] } });
    expect(error.message).toContain('row 2 has 3 columns; the model takes 2');
  });

  it.each([
    { what: 'two variable inner dimensions', inputs: [input('x', ['N', null, 'T'])] },
    { what: 'a variable inner dimension beside another input', inputs: [input('x', ['N', null]), input('y', ['N'])] },
    { what: 'any rank beside another input', inputs: [input('x', [], { anyRank: true }), input('y', ['N'])] },
    { what: 'columns that the fixed dimensions do not divide', inputs: [input('x', ['N', 'T', 2])] },
  ])('fails for $what', ({ inputs }) => {
    const error = caught(() => flatRowsToTensors(signature(...inputs), [[1, 2, 3]]));
    expect(error).toMatchObject({ code: 'infer.shape_mismatch', details: { tensor: 'x' } });
  });

  it('fails with the place of an element that its input cannot hold', () => {
    const rows = [
      [1, 'a'],
      ['oops', 'b'],
    ];
    const error = caught(() =>
      flatRowsToTensors(signature(input('x', ['N']), input('t', ['N'], { datatype: 'BYTES' })), rows),
    );
    expect(error).toMatchObject({ code: 'infer.value_invalid', details: { tensor: 'x', index: 1 } });
  });
});

describe('columnDatatypes', () => {
  it('names the datatype of every column', () => {
    const several = signature(
      input('a', ['N', 2]),
      input('b', ['N'], { datatype: 'INT64' }),
      input('c', ['N', 1], { datatype: 'BYTES' }),
    );
    expect(columnDatatypes(several, 4)).toEqual(['FP32', 'FP32', 'INT64', 'BYTES']);
    expect(columnDatatypes(signature(input('x', ['N', null], { datatype: 'BOOL' })), 3)).toEqual([
      'BOOL',
      'BOOL',
      'BOOL',
    ]);
  });
});

describe('recordsToTensors', () => {
  const matrix = signature(input('x', ['N', 2]));
  const column = signature(input('x', ['N', 1], { datatype: 'BYTES' }));
  const two = signature(input('a', ['N', 2]), input('b', ['N', 1], { datatype: 'BYTES' }));

  it.each([
    {
      what: 'arrays',
      model: matrix,
      records: [
        [1, 2],
        [3, 4],
      ],
      tensors: [['x', [2, 2], [1, 2, 3, 4]]],
    },
    {
      what: 'objects of the one input',
      model: matrix,
      records: [{ x: [1, 2] }, { x: [3, 4] }],
      tensors: [['x', [2, 2], [1, 2, 3, 4]]],
    },
    { what: 'features', model: matrix, records: [{ features: [1, 2] }], tensors: [['x', [1, 2], [1, 2]]] },
    {
      what: 'arrays and features mixed',
      model: matrix,
      records: [[1, 2], { features: [3, 4] }],
      tensors: [['x', [2, 2], [1, 2, 3, 4]]],
    },
    { what: 'scalars for a column', model: column, records: ['p', 'q'], tensors: [['x', [2, 1], ['p', 'q']]] },
    {
      what: 'one-element arrays for a column',
      model: column,
      records: [['p'], ['q']],
      tensors: [['x', [2, 1], ['p', 'q']]],
    },
    {
      what: 'scalars for a vector',
      model: signature(input('x', ['N'])),
      records: [1, 2],
      tensors: [['x', [2], [1, 2]]],
    },
    {
      what: 'nested values',
      model: signature(input('x', ['N', 1, 2])),
      records: [[[1, 2]], [[3, 4]]],
      tensors: [['x', [2, 1, 2], [1, 2, 3, 4]]],
    },
    {
      what: 'objects of several inputs',
      model: two,
      records: [
        { a: [1, 2], b: 'p' },
        { b: 'q', a: [3, 4] },
      ],
      tensors: [
        ['a', [2, 2], [1, 2, 3, 4]],
        ['b', [2, 1], ['p', 'q']],
      ],
    },
    {
      what: 'flat rows of several inputs',
      model: two,
      records: [[1, 2, 'p']],
      tensors: [
        ['a', [1, 2], [1, 2]],
        ['b', [1, 1], ['p']],
      ],
    },
    {
      what: 'features as a flat row of several inputs',
      model: two,
      records: [{ features: [1, 2, 'p'] }],
      tensors: [
        ['a', [1, 2], [1, 2]],
        ['b', [1, 1], ['p']],
      ],
    },
    {
      what: 'an input that is itself called features',
      model: signature(input('features', ['N', 2])),
      records: [{ features: [1, 2] }],
      tensors: [['features', [1, 2], [1, 2]]],
    },
  ])('reads $what', ({ model, records, tensors }) => {
    expect(plain(recordsToTensors(model, records as JsonValue[]))).toEqual(tensors);
  });

  it.each([
    {
      what: 'a record without an input',
      model: two,
      records: [{ a: [1, 2] }],
      code: 'infer.input_missing',
      details: { input: 'b' },
    },
    {
      what: 'a record with an unknown input',
      model: matrix,
      records: [{ x: [1, 2], z: 1 }],
      code: 'infer.input_unknown',
      details: { input: 'z' },
    },
    {
      what: 'a bare value for several inputs',
      model: two,
      records: [5],
      code: 'infer.input_missing',
      details: { input: 'a' },
    },
    {
      what: 'records of two lengths',
      model: matrix,
      records: [[1, 2], [3]],
      code: 'infer.shape_mismatch',
      details: { tensor: 'x' },
    },
    {
      what: 'a flat row too long',
      model: two,
      records: [[1, 2, 'p', 'q']],
      code: 'infer.shape_mismatch',
      details: { got: [4] },
    },
    {
      what: 'an inherited name',
      model: signature(input('toString', ['N'])),
      records: [{}],
      code: 'infer.input_missing',
      details: { input: 'toString' },
    },
    { what: 'null', model: matrix, records: [null], code: 'infer.value_invalid', details: { tensor: 'x' } },
  ] as const)('fails for $what', ({ model, records, code, details }) => {
    expect(caught(() => recordsToTensors(model, records as unknown as JsonValue[]))).toMatchObject({ code, details });
  });

  it('fails for a record nested deeper than any tensor', () => {
    let deep: JsonValue = [1];
    for (let level = 0; level < 90; level += 1) deep = [deep];
    expect(caught(() => recordsToTensors(matrix, [deep])).code).toMatch(/^infer\./);
  });
});

describe('tensorsToRecords', () => {
  const y: Tensor = { name: 'y', datatype: 'FP32', shape: [2, 2], data: Float32Array.of(1, Number.NaN, 3, 4) };
  const label: Tensor = { name: 'label', datatype: 'BYTES', shape: [2], data: ['a"b', 'c'] };

  it.each([
    { what: 'bare values of one output', outputs: [y], records: ['[1,NaN]', '[3,4]'] },
    { what: 'bare scalars of a vector', outputs: [label], records: ['"a\\"b"', '"c"'] },
    {
      what: 'objects of several outputs',
      outputs: [label, y],
      records: ['{"label":"a\\"b","y":[1,NaN]}', '{"label":"c","y":[3,4]}'],
    },
  ])('writes $what', ({ outputs, records }) => {
    expect(tensorsToRecords(outputs, 2)).toEqual(records);
  });

  it.each([
    { what: 'an output of rank 0', output: { ...y, shape: [], data: Float32Array.of(1) } },
    { what: 'an output with another number of rows', output: { ...y, shape: [4], data: new Float32Array(4) } },
  ])('cannot cut $what into rows', ({ output }) => {
    expect(tensorsToRecords([label, output], 2)).toBeUndefined();
  });

  it('writes no record for no row', () => {
    expect(tensorsToRecords([{ ...y, shape: [0, 2], data: new Float32Array() }], 0)).toEqual([]);
  });
});
