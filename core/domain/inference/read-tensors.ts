import type { JsonValue } from '../json/parse-json.ts';
import { takeFrom } from './binary-body.ts';
import type { Datatype } from './datatype.ts';
import { parseElements } from './parse-elements.ts';
import type { Tensor } from './tensor.ts';
import { decodeTensor } from './tensor-bytes.ts';

/** A tensor as the Open Inference Protocol writes it. */
export interface WrittenTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data?: JsonValue | undefined;
  readonly parameters?: { readonly binary_data_size?: number | undefined } | undefined;
}

/**
 * Tensors with their data: in place, or among the bytes after the JSON, in their order.
 *
 * @throws `request.malformed` for too few bytes or too many, and what reading elements throws
 */
export function readTensors(written: readonly WrittenTensor[], binary: Uint8Array): Tensor[] {
  const take = takeFrom(binary);
  const tensors = written.map(({ name, datatype, shape, data, parameters }): Tensor => {
    const tensor = { name, datatype, shape };
    const size = parameters?.binary_data_size;
    if (size !== undefined) return { ...tensor, data: decodeTensor(tensor, take(name, size)) };
    return { ...tensor, data: parseElements(tensor, data ?? null) };
  });
  take.end();
  return tensors;
}
