import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DATATYPES, type Datatype } from '../../../../core/domain/inference/datatype.ts';
import { parseElements } from '../../../../core/domain/inference/parse-elements.ts';
import { elementCount, type Tensor } from '../../../../core/domain/inference/tensor.ts';
import { type JsonValue, parseJson } from '../../../../core/domain/json/parse-json.ts';
import { writeNested } from '../../../../core/domain/json/write-json.ts';
import { caught } from '../../../support/caught.ts';

const one = (datatype: Datatype, value: JsonValue) => parseElements({ name: 't', datatype, shape: [1] }, [value])[0];

const NAN = Number.NaN;
const INF = Number.POSITIVE_INFINITY;

/** Values that a datatype holds with what is stored, and values that it refuses. */
const TABLE: Readonly<Record<Datatype, { holds: [JsonValue, unknown][]; refuses: JsonValue[] }>> = {
  BOOL: {
    holds: [
      [true, 1],
      [false, 0],
      [1, 1],
      [0, 0],
    ],
    refuses: [2, -1, 0.5, 'true', null, NAN, 1n],
  },
  UINT8: {
    holds: [
      [0, 0],
      [255, 255],
    ],
    refuses: [-1, 256, 0.5, NAN, INF, true, '1', null, 255n],
  },
  UINT16: {
    holds: [
      [0, 0],
      [65_535, 65_535],
    ],
    refuses: [-1, 65_536, 1.5, NAN],
  },
  UINT32: {
    holds: [
      [0, 0],
      [4_294_967_295, 4_294_967_295],
    ],
    refuses: [-1, 4_294_967_296, 1.5, INF],
  },
  UINT64: {
    holds: [
      [0, 0n],
      [2 ** 53 - 1, 2n ** 53n - 1n],
      [2n ** 53n + 1n, 2n ** 53n + 1n],
      [2n ** 64n - 1n, 2n ** 64n - 1n],
    ],
    refuses: [-1, -1n, 2n ** 64n, 0.5, 1e18, NAN, INF, '1', true],
  },
  INT8: {
    holds: [
      [-128, -128],
      [127, 127],
    ],
    refuses: [-129, 128, 0.5, NAN],
  },
  INT16: {
    holds: [
      [-32_768, -32_768],
      [32_767, 32_767],
    ],
    refuses: [-32_769, 32_768, 0.5],
  },
  INT32: {
    holds: [
      [-(2 ** 31), -(2 ** 31)],
      [2 ** 31 - 1, 2 ** 31 - 1],
    ],
    refuses: [-(2 ** 31) - 1, 2 ** 31, 0.5, 2n ** 60n],
  },
  INT64: {
    holds: [
      [-5, -5n],
      [2n ** 53n + 1n, 2n ** 53n + 1n],
      [2n ** 63n - 1n, 2n ** 63n - 1n],
      [-(2n ** 63n), -(2n ** 63n)],
    ],
    refuses: [2n ** 63n, -(2n ** 63n) - 1n, 0.5, 1e18, NAN, '7', null],
  },
  FP16: {
    holds: [
      [1, 0x3c00],
      [-0, 0x8000],
      [65_504, 0x7bff],
      [65_519, 0x7bff],
      [INF, 0x7c00],
      [-INF, 0xfc00],
      [NAN, 0x7e00],
      [2 ** -24, 1],
    ],
    refuses: [65_520, 70_000, -70_000, 2n ** 60n, 'NaN', null, true],
  },
  FP32: {
    holds: [
      [0.1, Math.fround(0.1)],
      [-0, -0],
      [3.4e38, Math.fround(3.4e38)],
      [INF, INF],
      [-INF, -INF],
      [NAN, NAN],
      [2n ** 60n, 2 ** 60],
    ],
    refuses: [1e39, -1e39, 10n ** 39n, 'NaN', null, false],
  },
  FP64: {
    holds: [
      [0.1, 0.1],
      [-0, -0],
      [1e308, 1e308],
      [INF, INF],
      [-INF, -INF],
      [NAN, NAN],
      [2n ** 60n, 2 ** 60],
    ],
    refuses: [10n ** 400n, '1', null, true],
  },
  BYTES: {
    holds: [
      ['', ''],
      ['é😀', 'é😀'],
      ['a\nb', 'a\nb'],
    ],
    refuses: ['a\0b', '\0', '\ud800', 'a\udc00', 1, null, true],
  },
};

const show = (value: unknown) => (typeof value === 'string' ? JSON.stringify(value) : String(value));

describe('parseElements', () => {
  it('has a row in this table for every datatype', () => {
    expect(Object.keys(TABLE)).toEqual([...DATATYPES]);
  });

  it.each(
    Object.entries(TABLE).flatMap(([datatype, { holds }]) =>
      holds.map(([value, stored]) => ({ datatype: datatype as Datatype, value, stored, text: show(value) })),
    ),
  )('holds $text as $datatype', ({ datatype, value, stored }) => {
    expect(one(datatype, value)).toEqual(stored);
  });

  it.each(
    Object.entries(TABLE).flatMap(([datatype, { refuses }]) =>
      [...refuses, {}].map((value) => ({
        datatype: datatype as Datatype,
        value: value as JsonValue,
        text: show(value),
      })),
    ),
  )('fails for $text as $datatype', ({ datatype, value }) => {
    const error = caught(() => one(datatype, value));
    expect(error).toMatchObject({ code: 'infer.value_invalid', details: { tensor: 't', index: 0, datatype } });
    expect(error.message).toContain('expected');
  });

  it('fails with the index of the first bad element, and does not quote it', () => {
    const error = caught(() =>
      parseElements({ name: 'card "x"', datatype: 'FP32', shape: [2, 2] }, [
        [1, 2],
        [3, 'secret'],
      ]),
    );
    expect(error).toMatchObject({ code: 'infer.value_invalid', details: { index: 3 } });
    expect(error.message).toContain('"card \\"x\\""');
    expect(error.message).not.toContain('secret');
  });

  it('reads nested data as the same elements as flat data', () => {
    const shapes = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, (shape) => {
        const tensor: Tensor = {
          name: 't',
          datatype: 'INT64',
          shape,
          data: BigInt64Array.from({ length: elementCount(shape) }, (_, i) => BigInt(i)),
        };
        const nested = parseJson(writeNested(tensor));
        expect(parseElements(tensor, nested)).toEqual(tensor.data);
        expect(parseElements(tensor, Array.from(tensor.data as BigInt64Array, Number))).toEqual(tensor.data);
      }),
    );
  });

  it.each([
    { shape: [], data: 7, elements: [7] },
    { shape: [], data: [7], elements: [7] },
    { shape: [0], data: [], elements: [] },
    { shape: [0, 3], data: [], elements: [] },
    { shape: [2, 0], data: [[], []], elements: [] },
    { shape: [2, 0], data: [], elements: [] },
    { shape: [1, 1, 1], data: [[[5]]], elements: [5] },
    { shape: [1, 1, 1], data: [5], elements: [5] },
  ])('reads $data in the shape $shape', ({ shape, data, elements }) => {
    expect(Array.from(parseElements({ name: 't', datatype: 'INT8', shape }, data as JsonValue) as Int8Array)).toEqual(
      elements,
    );
  });

  it.each([
    { shape: [2], data: [1], why: 'too few' },
    { shape: [2], data: [1, 2, 3], why: 'too many' },
    { shape: [1], data: 1, why: 'a bare value for a vector' },
    { shape: [], data: null, why: 'null for a scalar' },
    { shape: [], data: { a: 1 }, why: 'an object for a scalar' },
    { shape: [], data: [], why: 'no element for a scalar' },
    { shape: [2, 2], data: [[1, 2], [3]], why: 'a short row' },
    { shape: [2, 2], data: [[1, 2], 3], why: 'a bare value among rows' },
    { shape: [2, 2], data: [[1, 2]], why: 'a missing row' },
    {
      shape: [2, 2],
      data: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      why: 'a row too many',
    },
    { shape: [2, 2], data: [[1, 2, 3], [4]], why: 'ragged rows of the right total' },
    { shape: [4], data: { length: 4 }, why: 'an object' },
    { shape: [2 ** 52, 2 ** 52], data: [], why: 'a product that overflows' },
    { shape: [2 ** 52, 2 ** 52], data: [[]], why: 'a nested product that overflows' },
  ])('fails for $why in the shape $shape', ({ shape, data }) => {
    const error = caught(() => parseElements({ name: 't', datatype: 'INT8', shape }, data as JsonValue));
    expect(error).toMatchObject({ code: 'infer.shape_mismatch', details: { tensor: 't', expected: shape } });
  });

  it.each([
    { shape: [2], data: [[1], [2]] },
    { shape: [], data: [[1]] },
    { shape: [2], data: [1, [2]] },
  ])('fails for $data nested deeper than the shape $shape', ({ shape, data }) => {
    const { code } = caught(() => parseElements({ name: 't', datatype: 'INT8', shape }, data as JsonValue));
    expect(code).toMatch(/^infer\.(value_invalid|shape_mismatch)$/);
  });
});

describe('elementCount', () => {
  it.each([
    [[], 1],
    [[0], 0],
    [[2, 3], 6],
    [[5, 0, 7], 0],
    [[-1], Number.NaN],
    [[1.5], Number.NaN],
    [[2 ** 30, 2 ** 30], Number.NaN],
    [[2 ** 31 - 1, 0], 0],
    [[2 ** 31, 0], Number.NaN],
    [[2 ** 30, 2 ** 30, 0], Number.NaN],
  ])('of %j is %s', (shape, count) => {
    expect(elementCount(shape)).toBe(count);
  });
});
