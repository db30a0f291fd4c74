import { malformed, TAG_MAX, TAG_TOO_LARGE, WIRE } from './protobuf-cursor.ts';

/** One field of a protobuf message. `bytes` is a view of the message for length-delimited fields, `varint` the value of integer ones. */
export interface ProtobufField {
  readonly number: number;
  readonly varint?: bigint;
  readonly bytes?: Uint8Array;
  /** The whole field with its tag, as it stands in the message: what a rewriter copies. */
  readonly raw: Uint8Array;
}

/**
 * Reads a message's fields in order, without copying.
 * Groups (wire types 3 and 4) are refused: ONNX has none.
 *
 * @throws `onnx.malformed` for a cut field, a varint of more than 10 bytes, field number 0 or an unknown wire type
 *
 * Source: Protocol Buffers encoding specification.
 */
export function* readFields(message: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at];
      if (byte === undefined) throw malformed(message.byteOffset + at, 'a number is cut off');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed(message.byteOffset + at, 'a number has more than 10 bytes');
  };
  const take = (length: number): Uint8Array => {
    if (length > message.length - at) throw malformed(message.byteOffset + at, 'a field reaches past the end');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const start = at;
    const tag = Number(readVarint());
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0) throw malformed(message.byteOffset + start, 'a field has the number 0');
    if (tag > TAG_MAX) throw malformed(message.byteOffset + start, TAG_TOO_LARGE);
    if (wire === WIRE.varint) {
      const varint = readVarint();
      yield { number, varint, raw: message.subarray(start, at) };
    } else if (wire === WIRE.bytes) {
      const bytes = take(Number(readVarint()));
      yield { number, bytes, raw: message.subarray(start, at) };
    } else if (wire === WIRE.fixed64 || wire === WIRE.fixed32) {
      take(wire === WIRE.fixed64 ? 8 : 4);
      yield { number, raw: message.subarray(start, at) };
    } else {
      throw malformed(message.byteOffset + start, `the wire type ${wire} does not exist`);
    }
  }
}

// Fatal, so that a name that is not UTF-8 is refused instead of silently becoming another name.
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws `onnx.malformed` when the bytes are not UTF-8 */
export function readText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed(bytes.byteOffset, 'a text is not valid UTF-8');
  }
}

/** Integers of a repeated field, which may come packed in one field or one by one. */
export function readIntegers(field: ProtobufField): bigint[] {
  if (field.varint !== undefined) return [BigInt.asIntN(64, field.varint)];
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of field.bytes ?? []) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) {
      values.push(BigInt.asIntN(64, value));
      value = 0n;
      shift = 0n;
    } else if (shift > 63n) {
      throw malformed(field.raw.byteOffset, 'a number has more than 10 bytes');
    }
  }
  if (shift > 0n) throw malformed(field.raw.byteOffset, 'a number is cut off');
  return values;
}
