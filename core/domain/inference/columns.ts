import type { JsonValue } from '../json/parse-json.ts';
import { parseElements } from './parse-elements.ts';
import { isRecord, member, nestedShape } from './rows.ts';
import type { ModelSignature, TensorSignature } from './signature.ts';
import type { Tensor } from './tensor.ts';

/**
 * Makes tensors from whole inputs, nested as they are: an object with a value per input, or, for a single input, the value
 * itself. The shape is the nesting's.
 *
 * @throws `infer.input_missing`, `infer.input_unknown` and what `parseElements` throws
 */
export function columnsToTensors(signature: ModelSignature, value: JsonValue): Tensor[] {
  const [only, ...others] = signature.inputs;
  if (only && others.length === 0 && !isRecord(value)) return [toTensor(only, value)];
  return signature.inputs.map((input) => toTensor(input, member(value, input.name, { signature, what: '"inputs"' })));
}

function toTensor(input: TensorSignature, value: JsonValue): Tensor {
  const { name, datatype } = input;
  const shape = fitted(nestedShape(value), input);
  return { name, datatype, shape, data: parseElements({ name, datatype, shape }, value) };
}

/** A list for an input `[N, 1]` is its one column; an empty list has no nesting, so the rest of its shape is the model's. */
function fitted(shape: number[], { shape: expected, anyRank }: TensorSignature): number[] {
  if (anyRank || shape.length >= expected.length) return shape;
  if (shape.at(-1) === 0) {
    return [...shape, ...expected.slice(shape.length).map((size) => (typeof size === 'number' ? size : 0))];
  }
  return shape.length === 1 && expected.length === 2 && expected[1] === 1 ? [...shape, 1] : shape;
}
