import type { InitializerTensor } from '../onnx/read-graph.ts';
import type { ValueType } from './values.ts';

const FLOAT = 1;
const INT64 = 7;

/**
 * A weight as a value. Raw floats are a view of the file where they lie aligned, else a copy.
 *
 * @returns undefined for datatypes that no operator here takes, and for weights that are not in the file
 */
export function readConstant({
  dims,
  elementType,
  raw,
  floats,
  integers,
  isExternal,
}: InitializerTensor): ValueType | undefined {
  if (isExternal) return undefined;
  const count = dims.reduce((product, size) => product * size, 1);
  const data =
    elementType === FLOAT
      ? raw
        ? floatView(raw)
        : Float32Array.from(floats ?? [])
      : elementType === INT64
        ? raw
          ? integerView(raw)
          : integers?.every(Number.isSafeInteger) && BigInt64Array.from(integers, BigInt)
        : undefined;
  if (!data || data.length !== count) return undefined;
  return {
    datatype: elementType === FLOAT ? 'FP32' : 'INT64',
    rank: dims.length,
    constant: { shape: dims, data },
  };
}

/** ONNX stores little-endian, as every processor here does. */
const floatView = (raw: Uint8Array): Float32Array => {
  const { buffer, byteOffset, byteLength } = aligned(raw, 4);
  return new Float32Array(buffer, byteOffset, Math.floor(byteLength / 4));
};

const integerView = (raw: Uint8Array): BigInt64Array => {
  const { buffer, byteOffset, byteLength } = aligned(raw, 8);
  return new BigInt64Array(buffer, byteOffset, Math.floor(byteLength / 8));
};

const aligned = (raw: Uint8Array, size: number): Uint8Array =>
  raw.byteOffset % size === 0 ? raw : new Uint8Array(raw);
