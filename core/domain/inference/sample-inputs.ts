import { parseElements } from './parse-elements.ts';
import type { ModelSignature, TensorSignature } from './signature.ts';
import { elementCount, type Tensor } from './tensor.ts';

/** No request can hold more: a body has at most 4 MiB, and an element takes two characters. */
export const SAMPLE_LIMIT_ELEMENTS = 2 ** 21;

/**
 * The smallest request a signature allows: zeros, false and empty strings, each variable dimension 1.
 *
 * @returns undefined where that is more than any request could hold: a file may name dimensions that no memory has
 */
export function sampleInputs(signature: ModelSignature): Tensor[] | undefined {
  const isSmall = signature.inputs.every((input) => elementCount(sampleShape(input)) <= SAMPLE_LIMIT_ELEMENTS);
  return isSmall ? signature.inputs.map(sampleTensor) : undefined;
}

const sampleShape = ({ shape }: TensorSignature): number[] =>
  shape.map((dimension) => (typeof dimension === 'number' ? dimension : 1));

function sampleTensor(input: TensorSignature): Tensor {
  const { name, datatype } = input;
  const shape = sampleShape(input);
  const zero = datatype === 'BYTES' ? '' : 0;
  const data = parseElements({ name, datatype, shape }, new Array(elementCount(shape)).fill(zero));
  return { name, datatype, shape, data };
}
