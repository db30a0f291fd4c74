import type { Tensor } from '../inference/tensor.ts';

/** A number as JSON clients of numeric services read it: `NaN`, `Infinity` and `-Infinity` stay what they are, never `null`. */
export const writeNumber = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value));

/** Strings, numbers, bigints and booleans. */
export function writeScalar(value: string | number | bigint | boolean): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' ? writeNumber(value) : String(value);
}

/** A tensor whose strings are written in a way of their own. */
export type WritableTensor = Pick<Tensor, 'datatype' | 'data'> & { readonly writeString?: (text: string) => string };

/** One element of a tensor as a JSON value: booleans for BOOL, the value of the half float for FP16, all digits of 64-bit integers. */
export function writeElement(tensor: WritableTensor, index: number): string {
  const value = tensor.data[index] as string | number | bigint;
  if (tensor.writeString && typeof value === 'string') return tensor.writeString(value);
  if (tensor.datatype === 'BOOL') return value === 1 ? 'true' : 'false';
  if (tensor.datatype === 'FP16') return writeNumber(halfToNumber(value as number));
  return writeScalar(value);
}

/** All elements, flat: `[1,2,3]`. */
export function writeFlat(tensor: Tensor): string {
  const elements = new Array<string>(tensor.data.length);
  for (let index = 0; index < elements.length; index += 1) elements[index] = writeElement(tensor, index);
  return `[${elements.join(',')}]`;
}

/**
 * The elements from `start` on, nested as `shape` says; a shape of `[]` is the bare element.
 *
 * @param shape the dimensions below the ones that `start` has already chosen
 */
export function writeNested(tensor: Tensor, shape: readonly number[] = tensor.shape, start = 0): string {
  const [size, ...inner] = shape;
  if (size === undefined) return writeElement(tensor, start);
  const stride = inner.reduce((product, dimension) => product * dimension, 1);
  const parts: string[] = [];
  for (let i = 0; i < size; i += 1) parts.push(writeNested(tensor, inner, start + i * stride));
  return `[${parts.join(',')}]`;
}

const half = new Float16Array(1);
const halfBits = new Uint16Array(half.buffer);

/** The value of an IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  halfBits[0] = bits;
  return half[0] as number;
}
