import { PlatformError } from '../errors.ts';
import type { Datatype, TensorData } from './datatype.ts';
import { elementCount, type Tensor } from './tensor.ts';

/**
 * Tensors in the binary form of the Open Inference Protocol: little-endian, row-major, without padding. BOOL is one byte,
 * 0 or 1; BYTES is the length as uint32 before each string's UTF-8.
 *
 * The processors that run this are little-endian themselves, so that typed arrays are the wire format as they lie in memory.
 */

const ARRAYS = {
  BOOL: Uint8Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  FP16: Uint16Array,
  FP32: Float32Array,
  FP64: Float64Array,
} as const satisfies Record<Exclude<Datatype, 'BYTES'>, unknown>;

/**
 * Where memory is allocated. ONNX Runtime sums in another order from elsewhere, so that the last bit of an answer would
 * depend on how long the JSON before the numbers is.
 */
const ALIGNMENT_BYTES = 16;

/** Bytes that one element takes; undefined for BYTES, whose elements differ. */
export const elementBytes = (datatype: Datatype): number | undefined =>
  datatype === 'BYTES' ? undefined : ARRAYS[datatype].BYTES_PER_ELEMENT;

/**
 * Reads a tensor's data: numbers in place where `bytes` is aligned, so the caller must leave it alone.
 *
 * @throws `infer.shape_mismatch` where the bytes are not as many as the shape needs
 * @throws `infer.value_invalid` for a BOOL that is neither 0 nor 1, a string with NUL or invalid UTF-8
 */
export function decodeTensor(
  { name, datatype, shape }: Pick<Tensor, 'name' | 'datatype' | 'shape'>,
  bytes: Uint8Array,
): TensorData {
  const count = elementCount(shape);
  if (Number.isNaN(count)) throw wrongSize({ name, shape }, bytes.length, 'the shape is larger than any tensor can be');
  if (datatype === 'BYTES') return decodeStrings({ name, shape, count }, bytes);
  const TypedArray = ARRAYS[datatype];
  const size = TypedArray.BYTES_PER_ELEMENT;
  if (bytes.length !== count * size) throw wrongSize({ name, shape }, bytes.length, `${count * size} are needed`);
  if (datatype === 'BOOL') {
    const bad = bytes.findIndex((byte) => byte > 1);
    if (bad >= 0) throw invalidElement(name, { index: bad, datatype }, 'a byte of 0 or 1 is expected');
  }
  // Not `slice`, which node's Buffer has as another view of the same bytes.
  const aligned = bytes.byteOffset % ALIGNMENT_BYTES === 0 ? bytes : new Uint8Array(bytes);
  return new TypedArray(aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
}

const LENGTH_BYTES = 4;

// Fatal, so that a string in another encoding is refused instead of changed.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeStrings(
  { name, shape, count }: { name: string; shape: readonly number[]; count: number },
  bytes: Uint8Array,
): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at + LENGTH_BYTES;
    const end = start <= bytes.length ? start + view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw wrongSize({ name, shape }, bytes.length, `string ${strings.length} ends beyond them`);
    // Before it is decoded: an endless row of empty strings must not fill the memory.
    if (strings.length === count)
      throw wrongSize({ name, shape }, bytes.length, `they hold more than ${count} strings`);
    strings.push(decodeString(bytes.subarray(start, end), { name, index: strings.length }));
    at = end;
  }
  if (strings.length !== count) {
    throw wrongSize({ name, shape }, bytes.length, `they hold ${strings.length} strings, ${count} are needed`);
  }
  return strings;
}

/** One string of a BYTES tensor. @throws `infer.value_invalid` for NUL or invalid UTF-8 */
export function decodeString(bytes: Uint8Array, { name, index }: { name: string; index: number }): string {
  try {
    const text = utf8.decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Told below, without what stood there.
  }
  throw invalidElement(name, { index, datatype: 'BYTES' }, 'UTF-8 without NUL characters is expected');
}

const encoder = new TextEncoder();

/** Writes a tensor's data; numbers are not copied. */
export function encodeTensor({ data }: Pick<Tensor, 'data'>): Uint8Array {
  if (!Array.isArray(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const strings = data.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(strings.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const string of strings) {
    view.setUint32(at, string.length, true);
    bytes.set(string, at + LENGTH_BYTES);
    at += LENGTH_BYTES + string.length;
  }
  return bytes;
}

const wrongSize = ({ name, shape }: Pick<Tensor, 'name' | 'shape'>, bytes: number, reason: string) =>
  new PlatformError('infer.shape_mismatch', {
    message: `${JSON.stringify(name)} has the shape [${shape.join(', ')}] and ${bytes} bytes of binary data: ${reason}`,
    details: { tensor: name, got: [bytes], expected: shape },
  });

const invalidElement = (tensor: string, { index, datatype }: { index: number; datatype: Datatype }, expected: string) =>
  new PlatformError('infer.value_invalid', {
    message: `element ${index} of ${JSON.stringify(tensor)} is not a ${datatype}: ${expected}`,
    details: { tensor, index, datatype },
  });
