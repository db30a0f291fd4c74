import { PlatformError } from '../errors.ts';
import { rawByteLength } from './element-bits.ts';
import { checkLocation } from './external-location.ts';
import type { ExternalRange } from './external-range.ts';
import { type Pieces, pieces, piecesField } from './message-pieces.ts';
import { ENTRY, TENSOR } from './model-proto.ts';
import { malformed, openCursor, readSigned, readTag, readUnsigned, skip, WIRE } from './protobuf-cursor.ts';
import { readText } from './protobuf-reader.ts';

/** More than any tensor has: a file of nothing else must not fill the memory. */
const PART_LIMIT = 1_000;

const DEFAULT_LOCATION = 0;
const EXTERNAL_LOCATION = 1;

interface TensorFields {
  name: string;
  readonly dims: number[];
  elementType: number;
  dataLocation: number;
  readonly entries: (readonly [key: string, value: string])[];
  /** What stays of the message: name, type, dimensions, texts. */
  readonly kept: Uint8Array[];
}

const VALUE_FIELDS: ReadonlySet<number> = new Set([
  TENSOR.floatData,
  TENSOR.int32Data,
  TENSOR.stringData,
  TENSOR.int64Data,
  TENSOR.rawData,
  TENSOR.doubleData,
  TENSOR.uint64Data,
  TENSOR.externalData,
  TENSOR.dataLocation,
]);

/**
 * A tensor whose values are in another file, as one that holds them itself: a hole stands where they will be.
 *
 * @returns undefined for a tensor that holds its values already
 * @throws `onnx.external_data_unsafe`, `onnx.external_data_invalid`, `onnx.malformed`
 *
 * Source: onnx/onnx docs/ExternalData.md and onnx.proto, TensorProto.
 */
export function inlineTensor(tensor: Uint8Array): Pieces | undefined {
  const fields = readTensor(tensor);
  if (fields.dataLocation === DEFAULT_LOCATION) return undefined;
  const range = toRange(fields);
  return pieces(...fields.kept, piecesField(TENSOR.rawData, pieces(range)));
}

function readTensor(tensor: Uint8Array): TensorFields {
  const cursor = openCursor(tensor);
  const fields: TensorFields = {
    name: '',
    dims: [],
    elementType: 0,
    dataLocation: DEFAULT_LOCATION,
    entries: [],
    kept: [],
  };
  for (;;) {
    const start = cursor.at;
    const tag = readTag(cursor);
    if (tag === 0) return fields;
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === WIRE.varint && number === TENSOR.dataLocation) fields.dataLocation = readLocation(cursor);
    else if (wire === WIRE.varint && number === TENSOR.dataType) fields.elementType = readUnsigned(cursor);
    else if (wire === WIRE.varint && number === TENSOR.dims) fields.dims.push(readSigned(cursor));
    else {
      const content = skip(cursor, tag);
      if (content && number === TENSOR.name) fields.name = readText(content);
      if (content && number === TENSOR.dims) readPacked(content, fields.dims);
      if (content && number === TENSOR.externalData) fields.entries.push(readEntry(content));
    }
    if (fields.dims.length + fields.entries.length > PART_LIMIT) {
      throw malformed(tensor.byteOffset + start, `a tensor has more than ${PART_LIMIT} dimensions and entries`);
    }
    if (!VALUE_FIELDS.has(number)) fields.kept.push(tensor.subarray(start, cursor.at));
  }
}

/** Strict: a runtime that cuts a number to 32 bits would see "external" where another one does not. */
function readLocation(cursor: Parameters<typeof readUnsigned>[0]): number {
  const value = readUnsigned(cursor);
  if (value === DEFAULT_LOCATION || value === EXTERNAL_LOCATION) return value;
  throw malformed(cursor.bytes.byteOffset + cursor.at, `a tensor's data_location is ${value}, not 0 or 1`);
}

function readPacked(content: Uint8Array, into: number[]): void {
  const cursor = openCursor(content);
  while (cursor.at < cursor.end && into.length <= PART_LIMIT) into.push(readSigned(cursor));
}

function readEntry(entry: Uint8Array): readonly [key: string, value: string] {
  const cursor = openCursor(entry);
  let key = '';
  let value = '';
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) {
    const content = skip(cursor, tag);
    if (content && Math.floor(tag / 8) === ENTRY.key) key = readText(content);
    if (content && Math.floor(tag / 8) === ENTRY.value) value = readText(content);
  }
  return [key, value];
}

function toRange({ name, dims, elementType, entries }: TensorFields): ExternalRange {
  const texts = new Map(entries);
  const location = texts.get('location') ?? '';
  const refuse = (reason: string) => invalidExternalData({ tensor: name, location, reason });
  // Two entries of one name: a runtime may take the first where another takes the last.
  if (texts.size < entries.length) throw refuse('it has an entry twice');
  checkLocation(location, name);
  const length = rawByteLength(elementType, dims);
  if (length === undefined) {
    throw refuse(`element type ${elementType} with the dimensions [${dims.join(', ')}] has no size in bytes`);
  }
  const offset = readNumber(texts.get('offset') ?? '0') ?? Number.NaN;
  if (Number.isNaN(offset)) throw refuse(`its offset is ${JSON.stringify(texts.get('offset'))}`);
  const stated = texts.get('length');
  if (stated !== undefined && readNumber(stated) !== length) {
    throw refuse(`its length is ${JSON.stringify(stated)}, its type and dimensions take ${length} bytes`);
  }
  const sha1 = texts.get('checksum');
  if (sha1 !== undefined && !/^[0-9a-fA-F]{40}$/.test(sha1)) throw refuse('its checksum is no SHA-1');
  return { tensor: name, location, offset, length, ...(sha1 !== undefined && { sha1: sha1.toLowerCase() }) };
}

/** Decimal digits alone: other readers take signs, spaces or exponents in ways of their own. */
function readNumber(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

const QUOTED_CHARACTERS = 200;

export function invalidExternalData({
  tensor,
  location,
  reason,
}: {
  tensor: string;
  location: string;
  reason: string;
}): PlatformError<'onnx.external_data_invalid'> {
  const cut = { tensor: tensor.slice(0, QUOTED_CHARACTERS), location: location.slice(0, QUOTED_CHARACTERS) };
  return new PlatformError('onnx.external_data_invalid', {
    message: `the weights of ${JSON.stringify(cut.tensor)} cannot be taken from ${JSON.stringify(cut.location)}: ${reason}; save the model and its external data again, and upload the two as they were saved together`,
    details: { ...cut, reason },
  });
}
