import { PlatformError } from '../errors.ts';
import type { JsonValue } from '../json/parse-json.ts';
import type { Datatype, TensorData, TensorDataOf } from './datatype.ts';
import { elementCount } from './tensor.ts';

/** One element's conversion: returns what is stored, or undefined where the value is not one of the datatype. */
type Convert<D extends Datatype> = (value: JsonValue) => TensorDataOf[D][number] | undefined;

const whole =
  (min: number, max: number): ((value: JsonValue) => number | undefined) =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;

const wholeBig =
  (bits: number, signed: boolean): ((value: JsonValue) => bigint | undefined) =>
  (value) => {
    // A double past 2^53 is no integer anybody wrote: `1e18` must be spelled out.
    if (typeof value === 'number' ? !Number.isSafeInteger(value) : typeof value !== 'bigint') return undefined;
    const wide = BigInt(value as number | bigint);
    return (signed ? BigInt.asIntN(bits, wide) : BigInt.asUintN(bits, wide)) === wide ? wide : undefined;
  };

/** A finite number may not become infinite: onnxruntime would take the infinity without a word. */
const rounded =
  (round: (value: number) => number): ((value: JsonValue) => number | undefined) =>
  (value) => {
    const finite = typeof value === 'bigint' || Number.isFinite(value);
    if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
    const result = round(Number(value));
    return finite && !Number.isFinite(result) ? undefined : result;
  };

const half = new Float16Array(1);
const halfBits = new Uint16Array(half.buffer);
const toHalfBits = (value: number): number => {
  half[0] = value;
  return halfBits[0] as number;
};
const toHalf = rounded(Math.f16round);

const CONVERT: { readonly [D in Datatype]: Convert<D> } = {
  BOOL: (value) => (typeof value === 'boolean' ? Number(value) : whole(0, 1)(value)),
  UINT8: whole(0, 0xff),
  UINT16: whole(0, 0xffff),
  UINT32: whole(0, 0xffff_ffff),
  UINT64: wholeBig(64, false),
  INT8: whole(-0x80, 0x7f),
  INT16: whole(-0x8000, 0x7fff),
  INT32: whole(-0x8000_0000, 0x7fff_ffff),
  INT64: wholeBig(64, true),
  FP16: (value) => {
    const number = toHalf(value);
    return number === undefined ? undefined : toHalfBits(number);
  },
  FP32: rounded(Math.fround),
  FP64: rounded((value) => value),
  // ONNX strings are NUL-terminated UTF-8 on their way into the runtime: a NUL would cut them, a lone surrogate has no UTF-8.
  BYTES: (value) => (typeof value === 'string' && !value.includes('\0') && value.isWellFormed() ? value : undefined),
};

const ALLOCATE: { readonly [D in Datatype]: (length: number) => TensorDataOf[D] } = {
  BOOL: (length) => new Uint8Array(length),
  UINT8: (length) => new Uint8Array(length),
  UINT16: (length) => new Uint16Array(length),
  UINT32: (length) => new Uint32Array(length),
  UINT64: (length) => new BigUint64Array(length),
  INT8: (length) => new Int8Array(length),
  INT16: (length) => new Int16Array(length),
  INT32: (length) => new Int32Array(length),
  INT64: (length) => new BigInt64Array(length),
  FP16: (length) => new Uint16Array(length),
  FP32: (length) => new Float32Array(length),
  FP64: (length) => new Float64Array(length),
  BYTES: (length) => new Array<string>(length),
};

/**
 * Makes a tensor's data from JSON values.
 *
 * @param values the elements, row-major: flat, or nested exactly as `shape` says
 * @throws `infer.shape_mismatch` when their number or nesting is not the shape's
 * @throws `infer.value_invalid` for the first element that the datatype cannot hold: out of range, a fraction for an
 *   integer, a finite number that would round to infinity, a string with NUL or a lone surrogate
 */
export function parseElements(
  { name, datatype, shape }: { name: string; datatype: Datatype; shape: readonly number[] },
  values: JsonValue,
): TensorData {
  const flat = flatten({ name, shape }, values);
  if (datatype === 'FP32' || datatype === 'FP64') {
    const numbers = readNumbers(flat, datatype);
    if (numbers) return numbers;
  }
  const convert = CONVERT[datatype] as (value: JsonValue) => TensorData[number] | undefined;
  const data = ALLOCATE[datatype](flat.length) as { [index: number]: TensorData[number] } & TensorData;
  for (let index = 0; index < flat.length; index += 1) {
    const element = convert(flat[index] as JsonValue);
    if (element === undefined) throw invalidElement(name, datatype, index);
    data[index] = element;
  }
  return data;
}

/**
 * The case that nearly every request is: floats that are numbers already.
 *
 * @returns undefined where an element is anything else, or too large: then each is looked at by itself
 */
function readNumbers(flat: readonly JsonValue[], datatype: 'FP32' | 'FP64'): Float32Array | Float64Array | undefined {
  const data = datatype === 'FP32' ? new Float32Array(flat.length) : new Float64Array(flat.length);
  for (let index = 0; index < flat.length; index += 1) {
    const value = flat[index];
    if (typeof value !== 'number') return undefined;
    data[index] = value;
    if (!Number.isFinite(data[index]) && Number.isFinite(value)) return undefined;
  }
  return data;
}

function flatten({ name, shape }: { name: string; shape: readonly number[] }, values: JsonValue): readonly JsonValue[] {
  const count = elementCount(shape);
  if (!Array.isArray(values)) {
    if (shape.length === 0 && values !== null && typeof values !== 'object') return [values];
    throw mismatch(name, [], shape, 'its data is not an array');
  }
  if (!Array.isArray(values[0])) {
    if (values.length !== count) throw mismatch(name, [values.length], shape, `it has ${values.length} elements`);
    return values;
  }
  const flat: JsonValue[] = [];
  appendNested(flat, values, { name, shape, depth: 0 });
  return flat;
}

function appendNested(
  flat: JsonValue[],
  values: JsonValue,
  { name, shape, depth }: { name: string; shape: readonly number[]; depth: number },
): void {
  if (depth === shape.length) {
    flat.push(values);
    return;
  }
  if (!Array.isArray(values) || values.length !== shape[depth]) {
    throw mismatch(name, [], shape, `its nested data does not follow its shape in dimension ${depth}`);
  }
  for (const value of values) appendNested(flat, value, { name, shape, depth: depth + 1 });
}

function mismatch(tensor: string, got: readonly number[], expected: readonly number[], reason: string) {
  const count = elementCount(expected);
  const told = `${JSON.stringify(tensor)} has the shape [${expected.join(', ')}]`;
  const message = Number.isNaN(count)
    ? `${told}, which is larger than any tensor can be; its dimensions must multiply to the number of elements`
    : `${told} but ${reason}; data must be flat with ${count} elements, or nested as the shape says`;
  return new PlatformError('infer.shape_mismatch', { message, details: { tensor, got, expected } });
}

const invalidElement = (tensor: string, datatype: Datatype, index: number) =>
  new PlatformError('infer.value_invalid', {
    message: `element ${index} of ${JSON.stringify(tensor)} is not a ${datatype}: ${EXPECTED[datatype]}`,
    details: { tensor, index, datatype },
  });

const EXPECTED: Readonly<Record<Datatype, string>> = {
  BOOL: 'true or false is expected',
  UINT8: 'a whole number from 0 to 255 is expected',
  UINT16: 'a whole number from 0 to 65535 is expected',
  UINT32: 'a whole number from 0 to 4294967295 is expected',
  UINT64: 'a whole number from 0 to 18446744073709551615 is expected, written out without an exponent',
  INT8: 'a whole number from -128 to 127 is expected',
  INT16: 'a whole number from -32768 to 32767 is expected',
  INT32: 'a whole number from -2147483648 to 2147483647 is expected',
  INT64: 'a whole number from -9223372036854775808 to 9223372036854775807 is expected, written out without an exponent',
  FP16: 'a number within ±65504 is expected, or NaN, Infinity, -Infinity',
  FP32: 'a number within ±3.4e38 is expected, or NaN, Infinity, -Infinity',
  FP64: 'a number is expected, or NaN, Infinity, -Infinity',
  BYTES: 'a string without NUL characters is expected',
};
