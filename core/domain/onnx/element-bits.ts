/** Bits that one element takes in raw form, by onnx.proto's TensorProto.DataType. Texts have no raw form. */
const BITS: Readonly<Record<number, number>> = {
  1: 32, // float
  2: 8, // uint8
  3: 8, // int8
  4: 16, // uint16
  5: 16, // int16
  6: 32, // int32
  7: 64, // int64
  9: 8, // bool
  10: 16, // float16
  11: 64, // double
  12: 32, // uint32
  13: 64, // uint64
  14: 64, // complex64
  15: 128, // complex128
  16: 16, // bfloat16
  17: 8, // float8e4m3fn
  18: 8, // float8e4m3fnuz
  19: 8, // float8e5m2
  20: 8, // float8e5m2fnuz
  21: 4, // uint4
  22: 4, // int4
  23: 4, // float4e2m1
  24: 8, // float8e8m0
  25: 2, // uint2
  26: 2, // int2
};

/**
 * Bytes of a tensor in raw form; elements of less than a byte are packed, and the last byte filled up.
 *
 * @returns undefined where the type has no raw form, a size is negative, or the product is no safe integer
 */
export function rawByteLength(elementType: number, dims: readonly number[]): number | undefined {
  const bits = BITS[elementType];
  if (bits === undefined || !dims.every((size) => Number.isSafeInteger(size) && size >= 0)) return undefined;
  const bytes = dims.includes(0) ? 0 : Math.ceil((dims.reduce((product, size) => product * size, 1) * bits) / 8);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
