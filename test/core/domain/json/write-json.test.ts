import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Datatype, TensorDataOf } from '../../../../core/domain/inference/datatype.ts';
import { parseElements } from '../../../../core/domain/inference/parse-elements.ts';
import type { Tensor } from '../../../../core/domain/inference/tensor.ts';
import { parseJson } from '../../../../core/domain/json/parse-json.ts';
import {
  halfToNumber,
  writeElement,
  writeFlat,
  writeNested,
  writeNumber,
  writeScalar,
} from '../../../../core/domain/json/write-json.ts';

const flat = <D extends Datatype>(datatype: D, data: TensorDataOf[D]): Tensor => ({
  name: 't',
  datatype,
  shape: [data.length],
  data,
});

/** Written, parsed again as a client of the same datatype would send it. */
const roundTrip = (tensor: Tensor) => parseElements(tensor, parseJson(writeFlat(tensor)));

const typed: readonly { datatype: Datatype; data: fc.Arbitrary<TensorDataOf[Datatype]> }[] = [
  { datatype: 'BOOL', data: fc.uint8Array({ max: 1 }) },
  { datatype: 'UINT8', data: fc.uint8Array() },
  { datatype: 'UINT16', data: fc.uint16Array() },
  { datatype: 'UINT32', data: fc.uint32Array() },
  { datatype: 'UINT64', data: fc.bigUint64Array() },
  { datatype: 'INT8', data: fc.int8Array() },
  { datatype: 'INT16', data: fc.int16Array() },
  { datatype: 'INT32', data: fc.int32Array() },
  { datatype: 'INT64', data: fc.bigInt64Array() },
  // Of the NaNs only the canonical one has a spelling in JSON.
  {
    datatype: 'FP16',
    data: fc.uint16Array().map((bits) => bits.map((half) => (Number.isNaN(halfToNumber(half)) ? 0x7e00 : half))),
  },
  { datatype: 'FP32', data: fc.float32Array() },
  { datatype: 'FP64', data: fc.float64Array() },
  {
    datatype: 'BYTES',
    data: fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && text.isWellFormed())),
  },
];

describe('write-json', () => {
  it.each(typed)('writes $datatype so that the parser reads the same elements', ({ datatype, data }) => {
    fc.assert(
      fc.property(data, (elements) => {
        expect(roundTrip(flat(datatype, elements as never))).toEqual(elements);
      }),
    );
  });

  it.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [0, '0'],
    [-0, '-0.0'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
  ])('writes the number %s as %s', (value, text) => {
    expect(writeNumber(value)).toBe(text);
  });

  it.each([
    ['a "quoted" \n line', '"a \\"quoted\\" \\n line"'],
    [true, 'true'],
    [2n ** 64n - 1n, '18446744073709551615'],
    [1.5, '1.5'],
  ])('writes the scalar %s', (value, text) => {
    expect(writeScalar(value)).toBe(text);
  });

  it('writes BOOL as true and false and a half as its value', () => {
    expect(writeFlat(flat('BOOL', Uint8Array.of(1, 0)))).toBe('[true,false]');
    expect(writeFlat(flat('FP16', Uint16Array.of(0x3c00, 0xc000, 0x7c00, 0x0001)))).toBe(
      '[1,-2,Infinity,5.960464477539063e-8]',
    );
    expect(writeElement(flat('INT64', BigInt64Array.of(2n ** 53n + 1n)), 0)).toBe('9007199254740993');
  });

  it.each([
    { shape: [], text: '0' },
    { shape: [6], text: '[0,1,2,3,4,5]' },
    { shape: [2, 3], text: '[[0,1,2],[3,4,5]]' },
    { shape: [3, 1, 2], text: '[[[0,1]],[[2,3]],[[4,5]]]' },
    { shape: [2, 0], text: '[[],[]]' },
    { shape: [0, 2], text: '[]' },
  ])('nests $shape', ({ shape, text }) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Int32Array.from({ length: count }, (_, i) => i);
    expect(writeNested({ name: 't', datatype: 'INT32', shape, data })).toBe(text);
  });

  it('nests one row of a larger tensor', () => {
    const tensor: Tensor = { name: 't', datatype: 'INT32', shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) };
    expect(writeNested(tensor, [2], 2)).toBe('[3,4]');
    expect(writeNested(tensor, [], 3)).toBe('4');
  });
});
