import type { Datatype } from '../../core/domain/inference/datatype.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import { decodeTensor, encodeTensor } from '../../core/domain/inference/tensor-bytes.ts';

/** A tensor without its data, which stands in the frame's bytes. */
export interface TensorHead {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** What a function asks of its model process. `model` is a number that the function chose. */
export type ModelRequest =
  | { readonly id: number; readonly do: 'load'; readonly model: number }
  | {
      readonly id: number;
      readonly do: 'run';
      readonly model: number;
      readonly inputs: readonly TensorHead[];
      readonly outputs: readonly string[];
    }
  | { readonly id: number; readonly do: 'release'; readonly model: number };

/** Answers come in the order of the requests. */
export type ModelAnswer =
  | { readonly id: number; readonly loadMs: number }
  | { readonly id: number; readonly outputs: readonly TensorHead[] }
  | { readonly id: number; readonly released: true }
  /** `error` is the library's own text, for the log alone. */
  | { readonly id: number; readonly error: string };

/** Nothing is copied but strings. */
export function encodeTensors(tensors: readonly Tensor[]): { heads: TensorHead[]; chunks: Uint8Array[] } {
  const chunks = tensors.map(encodeTensor);
  const heads = tensors.map(({ name, datatype, shape }, index) => ({
    name,
    datatype,
    shape,
    bytes: chunks[index]?.length ?? 0,
  }));
  return { heads, chunks };
}

export function decodeTensors(heads: readonly TensorHead[], payload: Uint8Array): Tensor[] {
  let at = 0;
  return heads.map(({ name, datatype, shape, bytes }) => {
    const data = decodeTensor({ name, datatype, shape }, payload.subarray(at, at + bytes));
    at += bytes;
    return { name, datatype, shape, data };
  });
}
