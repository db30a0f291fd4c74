/** Protobuf fields as bytes. A message is its fields one after the other: `message(varintField(1, 8), textField(2, 'x'))`. */

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

const utf8 = new TextEncoder();

function varint(value: bigint | number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

const tag = (number: number, wire: number): number[] => varint(number * 8 + wire);

/** Joins fields, or whole messages, in order. */
export function message(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** An integer, enum or bool field. Negative numbers take ten bytes, as int32 and int64 do. */
export const varintField = (number: number, value: bigint | number): Uint8Array =>
  message(tag(number, WIRE_VARINT), varint(value));

/** What stands before the `length` bytes of a bytes field or an embedded message. */
export const lengthPrefix = (number: number, length: number): Uint8Array =>
  message(tag(number, WIRE_BYTES), varint(length));

/** A bytes field or an embedded message. */
export const bytesField = (number: number, bytes: Uint8Array): Uint8Array =>
  message(lengthPrefix(number, bytes.length), bytes);

export const textField = (number: number, text: string): Uint8Array => bytesField(number, utf8.encode(text));

/** A float field. */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return message(tag(number, WIRE_FIXED32), bytes);
}

/** Repeated floats, packed. */
export function packedFloatsField(number: number, values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i += 1) view.setFloat32(i * 4, values[i] as number, true);
  return bytesField(number, bytes);
}

/** Repeated integers, packed. */
export function packedIntegersField(number: number, values: ArrayLike<number | bigint>): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < values.length; i += 1) for (const byte of varint(values[i] as number | bigint)) bytes.push(byte);
  return bytesField(number, Uint8Array.from(bytes));
}
