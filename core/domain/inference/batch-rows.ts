import type { Datatype, TensorData } from './datatype.ts';
import type { Tensor } from './tensor.ts';

type Numbers = Exclude<TensorData, string[]>;

/**
 * Tensors of one name and datatype, of shapes `[rowsᵢ, ...rest]` with the same rest, one after the other: `[Σ rowsᵢ, ...rest]`.
 *
 * Cost: one copy of every element.
 */
export function joinRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts as readonly [Tensor, ...Tensor[]];
  const rows = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  return { ...first, shape: [rows, ...first.shape.slice(1)], data: joinData(first.datatype, parts) };
}

function joinData(datatype: Datatype, parts: readonly Tensor[]): TensorData {
  if (datatype === 'BYTES') return parts.flatMap(({ data }) => data as string[]);
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const arrays = parts.map(({ data }) => data as Numbers);
  const TypedArray = arrays[0]?.constructor as new (length: number) => Numbers;
  const joined = new TypedArray(length);
  let at = 0;
  for (const array of arrays) {
    // Of one datatype all are of one class, bigint or not.
    joined.set(array as Float32Array & BigInt64Array, at);
    at += array.length;
  }
  return joined;
}

/**
 * The reverse: tensors of `counts` rows each, from the first row on. Numbers are views of the same memory.
 *
 * @returns undefined where the tensor does not have as many rows as are counted
 */
export function splitRows(tensor: Tensor, counts: readonly number[]): Tensor[] | undefined {
  const [rows, ...rest] = tensor.shape;
  const expected = counts.reduce((sum, count) => sum + count, 0);
  if (rows !== expected || rows === 0) return undefined;
  const width = tensor.data.length / rows;
  let row = 0;
  return counts.map((count) => {
    const [start, end] = [row * width, (row + count) * width];
    row += count;
    const { data } = tensor;
    return {
      ...tensor,
      shape: [count, ...rest],
      data: Array.isArray(data) ? data.slice(start, end) : data.subarray(start, end),
    };
  });
}
