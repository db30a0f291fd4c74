import { PlatformError } from '../errors.ts';

/**
 * Walks protobuf messages without an object per field: a tree ensemble is some hundred thousand small fields, and reading
 * them is part of a cold start. `protobuf-reader.ts` is for files that are looked at once.
 */
export interface ProtobufCursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Next byte to read. */
  at: number;
  /** The message's end. */
  end: number;
}

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export const openCursor = (bytes: Uint8Array): ProtobufCursor => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  at: 0,
  end: bytes.length,
});

/** A larger tag is cut to 32 bits by some readers: what is an unknown field here would be another one there. */
export const TAG_MAX = 0xffff_ffff;
export const TAG_TOO_LARGE = 'a field number has more than 29 bits';

export const malformed = (offset: number, reason: string) =>
  new PlatformError('onnx.malformed', {
    message: `the file is not a valid ONNX model: ${reason} at byte ${offset}; export the model again and upload the .onnx file itself`,
    details: { offset, reason },
  });

/** In the file, where the cursor walks a view of a buffer that holds the file alone. */
const offsetOf = ({ bytes, at }: ProtobufCursor): number => bytes.byteOffset + at;

/** An unsigned number of at most 64 bits; past 2^53 it is rounded, which no length, tag or enum ever is. */
export function readUnsigned(cursor: ProtobufCursor): number {
  const { bytes, end } = cursor;
  let value = 0;
  let factor = 1;
  for (let count = 0; count < 10; count += 1) {
    if (cursor.at >= end) throw malformed(offsetOf(cursor), 'a number is cut off');
    const byte = bytes[cursor.at] as number;
    cursor.at += 1;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  throw malformed(offsetOf(cursor), 'a number has more than 10 bytes');
}

const SIGN_BYTES = 10;

/** A signed 64-bit number. @returns NaN where a double cannot hold it exactly */
export function readSigned(cursor: ProtobufCursor): number {
  const start = cursor.at;
  const value = readUnsigned(cursor);
  // Negative numbers take ten bytes, the last of which holds the sign alone.
  if (cursor.at - start < SIGN_BYTES) return Number.isSafeInteger(value) ? value : Number.NaN;
  let wide = 0n;
  for (let at = start, shift = 0n; at < cursor.at; at += 1, shift += 7n)
    wide |= BigInt((cursor.bytes[at] as number) & 0x7f) << shift;
  const signed = Number(BigInt.asIntN(64, wide));
  return Number.isSafeInteger(signed) ? signed : Number.NaN;
}

/** The next field's tag, `number * 8 + wire type`; 0 at the end of the message. */
export function readTag(cursor: ProtobufCursor): number {
  if (cursor.at >= cursor.end) return 0;
  const tag = readUnsigned(cursor);
  if (tag < 8) throw malformed(offsetOf(cursor), 'a field has the number 0');
  if (tag > TAG_MAX) throw malformed(offsetOf(cursor), TAG_TOO_LARGE);
  return tag;
}

/** The end of a length-delimited field, whose content starts at `cursor.at`. */
export function readEnd(cursor: ProtobufCursor): number {
  const length = readUnsigned(cursor);
  const end = cursor.at + length;
  if (end > cursor.end) throw malformed(offsetOf(cursor), 'a field reaches past the end');
  return end;
}

/** A length-delimited field as a view. */
export function readBytes(cursor: ProtobufCursor): Uint8Array {
  const end = readEnd(cursor);
  const bytes = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return bytes;
}

export function readFloat(cursor: ProtobufCursor): number {
  if (cursor.at + 4 > cursor.end) throw malformed(offsetOf(cursor), 'a field reaches past the end');
  cursor.at += 4;
  return cursor.view.getFloat32(cursor.at - 4, true);
}

/** Reads an embedded message with `read`, which stops at the message's end. */
export function readMessage<T>(cursor: ProtobufCursor, read: (cursor: ProtobufCursor) => T): T {
  const outer = cursor.end;
  const end = readEnd(cursor);
  cursor.end = end;
  const result = read(cursor);
  cursor.at = end;
  cursor.end = outer;
  return result;
}

/** Passes a field over. @returns its content where it is length-delimited, as a view */
export function skip(cursor: ProtobufCursor, tag: number): Uint8Array | undefined {
  const wire = tag % 8;
  if (wire === WIRE.bytes) return readBytes(cursor);
  if (wire === WIRE.varint) readUnsigned(cursor);
  else if (wire === WIRE.fixed32 || wire === WIRE.fixed64) cursor.at += wire === WIRE.fixed32 ? 4 : 8;
  else throw malformed(offsetOf(cursor), `the wire type ${wire} does not exist`);
  if (cursor.at > cursor.end) throw malformed(offsetOf(cursor), 'a field reaches past the end');
  return undefined;
}
