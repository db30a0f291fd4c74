import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ProtobufField,
  readFields,
  readIntegers,
  readText,
} from '../../../../core/domain/onnx/protobuf-reader.ts';
import {
  bytesField,
  floatField,
  message,
  packedFloatsField,
  packedIntegersField,
  textField,
  varintField,
} from '../../../../core/domain/onnx/protobuf-writer.ts';
import { caught } from '../../../support/caught.ts';

const read = (bytes: Uint8Array) => [...readFields(bytes)];
const first = (bytes: Uint8Array) => read(bytes)[0] as ProtobufField;

describe('readFields', () => {
  it('reads what the writer writes', () => {
    const fieldNumbers = fc.integer({ min: 1, max: 2 ** 29 - 1 });
    fc.assert(
      fc.property(
        fieldNumbers,
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.uint8Array(),
        (number, value, bytes) => {
          const fields = read(message(varintField(number, value), bytesField(number, bytes), floatField(number, 1.5)));
          expect(fields).toHaveLength(3);
          expect(fields.map((field) => field.number)).toEqual([number, number, number]);
          expect(BigInt.asIntN(64, fields[0]?.varint as bigint)).toBe(value);
          expect(fields[1]?.bytes).toEqual(bytes);
          expect(fields[2]?.raw.slice(-4)).toEqual(Uint8Array.of(0, 0, 0xc0, 0x3f));
        },
      ),
    );
  });

  it('gives raw fields that make up the message again', () => {
    const bytes = message(varintField(1, 300), textField(2, 'é'), floatField(3, 1), bytesField(4, new Uint8Array()));
    expect(message(...read(bytes).map(({ raw }) => raw))).toEqual(bytes);
  });

  it('skips a field of eight bytes', () => {
    expect(
      read(Uint8Array.of(0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 5)).map(({ number, varint }) => [number, varint]),
    ).toEqual([
      [1, undefined],
      [2, 5n],
    ]);
  });

  it.each([
    { what: 'a tag that is cut off', bytes: [0x80] },
    { what: 'a number that is cut off', bytes: [0x08, 0xff] },
    { what: 'a number of eleven bytes', bytes: [0x08, ...new Array(10).fill(0x80), 0x01] },
    { what: 'a length past the end', bytes: [0x12, 5, 1, 2] },
    { what: 'a length of 2^64 - 1', bytes: [0x12, ...new Array(9).fill(0xff), 0x01] },
    { what: 'four bytes cut off', bytes: [0x0d, 1, 2, 3] },
    { what: 'eight bytes cut off', bytes: [0x09, 1, 2, 3, 4, 5, 6, 7] },
    { what: 'the field number 0', bytes: [0x02, 0] },
    { what: 'a group', bytes: [0x0b] },
    { what: 'the end of a group', bytes: [0x0c] },
    { what: 'the wire type 7', bytes: [0x0f] },
  ])('fails for $what', ({ bytes }) => {
    expect(caught(() => read(Uint8Array.from(bytes))).code).toBe('onnx.malformed');
  });
});

describe('readIntegers', () => {
  it('reads packed integers and integers one by one alike', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
        expect(readIntegers(first(packedIntegersField(1, values)))).toEqual(values);
        expect(values.flatMap((value) => readIntegers(first(varintField(1, value))))).toEqual(values);
      }),
    );
  });

  it.each([
    { what: 'an integer cut off', bytes: [0x05, 0x80] },
    { what: 'an integer of eleven bytes', bytes: [...new Array(10).fill(0x80), 0x01] },
  ])('fails for $what', ({ bytes }) => {
    expect(caught(() => readIntegers(first(bytesField(1, Uint8Array.from(bytes))))).code).toBe('onnx.malformed');
  });

  it('reads none from a field of four bytes', () => {
    expect(readIntegers(first(floatField(1, 1)))).toEqual([]);
  });
});

describe('readText', () => {
  it('reads UTF-8', () => {
    expect(readText(first(textField(1, 'é😀')).bytes as Uint8Array)).toBe('é😀');
  });

  it('fails for bytes that are not UTF-8', () => {
    expect(caught(() => readText(Uint8Array.of(0xff, 0xfe))).code).toBe('onnx.malformed');
  });
});

describe('packedFloatsField', () => {
  it('writes little-endian floats', () => {
    expect(first(packedFloatsField(1, [1, -2])).bytes).toEqual(Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0));
  });
});
