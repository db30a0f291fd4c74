import type { Datatype } from '../inference/datatype.ts';
import { parseElements } from '../inference/parse-elements.ts';
import { rowOf } from '../inference/row-of.ts';
import { SAMPLE_LIMIT_ELEMENTS } from '../inference/sample-inputs.ts';
import type { ModelSignature, TensorSignature } from '../inference/signature.ts';
import { elementCount, type Tensor } from '../inference/tensor.ts';
import type { JsonValue } from '../json/parse-json.ts';

export interface SampledRequests {
  /** Requests of one row each; at least one. */
  readonly singles: readonly (readonly Tensor[])[];
  /** The same rows as one request, in the same order; only where the signature leaves the number of rows free. */
  readonly batch?: readonly Tensor[];
}

const ROWS = 8;

/**
 * Random requests that a signature allows: every variable dimension is 1, but for the rows of `batch`.
 *
 * Floats are within ±2, so that nothing saturates; integers are 0 or 1, which an index into a table or a category mostly may be.
 *
 * @param uniform random numbers in [0, 1)
 * @returns undefined where one row is more than any request could hold
 */
export function sampleRequests(signature: ModelSignature, uniform: () => number): SampledRequests | undefined {
  const elements = signature.inputs.map((input) => elementCount(shapeOf(input, 1)));
  const widest = Math.max(1, ...elements.map((count) => (Number.isNaN(count) ? Number.POSITIVE_INFINITY : count)));
  const rows = Math.min(ROWS, Math.floor(SAMPLE_LIMIT_ELEMENTS / widest));
  if (rows < 1) return undefined;
  if (rows > 1 && hasFreeRows(signature)) {
    const batch = signature.inputs.map((input) => randomTensor(input, rows, uniform));
    return { batch, singles: Array.from({ length: rows }, (_, row) => batch.map((tensor) => rowOf(tensor, row))) };
  }
  return {
    singles: Array.from({ length: rows }, () => signature.inputs.map((input) => randomTensor(input, 1, uniform))),
  };
}

/** Whether the first dimension of every input and output is free, and of the inputs no other one follows it. */
export function hasFreeRows({ inputs, outputs }: ModelSignature): boolean {
  const isFree = ({ shape, anyRank }: TensorSignature) => !anyRank && shape.length > 0 && typeof shape[0] !== 'number';
  const names = new Set(inputs.map(({ shape }) => shape[0]).filter((size) => typeof size === 'string'));
  const isAlone = ({ shape }: TensorSignature) => shape.slice(1).every((size) => !names.has(size as string));
  return inputs.length > 0 && inputs.every(isAlone) && [...inputs, ...outputs].every(isFree);
}

const shapeOf = ({ shape }: TensorSignature, rows: number): number[] =>
  shape.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? rows : 1));

function randomTensor(input: TensorSignature, rows: number, uniform: () => number): Tensor {
  const { name, datatype } = input;
  const shape = shapeOf(input, rows);
  const values = Array.from({ length: elementCount(shape) }, () => randomValue(datatype, uniform()));
  return { name, datatype, shape, data: parseElements({ name, datatype, shape }, values) };
}

const TEXTS = ['', 'a', 'a longer text'];

function randomValue(datatype: Datatype, uniform: number): JsonValue {
  if (datatype === 'BYTES') return TEXTS[Math.floor(uniform * TEXTS.length)] ?? '';
  if (datatype === 'FP16' || datatype === 'FP32' || datatype === 'FP64') return uniform * 4 - 2;
  return uniform < 0.5 ? 0 : 1;
}
