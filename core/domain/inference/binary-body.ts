import { PlatformError } from '../errors.ts';
import type { ModelSignature, TensorSignature } from './signature.ts';
import { elementCount, type Tensor } from './tensor.ts';
import { decodeString, decodeTensor, elementBytes } from './tensor-bytes.ts';

/** Hands the bytes out piece by piece; `end` says that no more are wanted. @throws `request.malformed` for too few or too many */
export function takeFrom(bytes: Uint8Array) {
  let at = 0;
  const take = (name: string, size: number): Uint8Array => {
    if (size > bytes.length - at) {
      throw malformed(
        `${JSON.stringify(name)} has a binary_data_size of ${size}, but ${bytes.length - at} bytes are left after the JSON; Inference-Header-Content-Length must say where the JSON ends`,
      );
    }
    at += size;
    return bytes.subarray(at - size, at);
  };
  const end = (): void => {
    if (at < bytes.length) throw malformed(`${bytes.length - at} bytes are left over after the last input`);
  };
  return Object.assign(take, { end });
}

/**
 * The one input of a body without JSON. A string is the body itself, without a length. Of numbers, one dimension may be
 * variable and follows from the number of bytes; where there are more, the first is a batch of 1.
 *
 * @throws `request.invalid` for a model whose input cannot be told from its bytes
 */
export function rawInput({ inputs }: ModelSignature, bytes: Uint8Array): Tensor {
  const [input, ...others] = inputs;
  if (!input || others.length > 0) throw notRaw(`the model has ${inputs.length} inputs`);
  const { name, datatype } = input;
  const size = elementBytes(datatype);
  const shape = size === undefined ? rawStringShape(input) : rawShape(input, bytes.length / size);
  const data =
    size === undefined ? [decodeString(bytes, { name, index: 0 })] : decodeTensor({ name, datatype, shape }, bytes);
  return { name, datatype, shape, data };
}

function rawStringShape({ name, shape, anyRank }: TensorSignature): number[] {
  const ones = anyRank ? [1] : shape.map(() => 1);
  if (shape.every((size) => typeof size !== 'number' || size === 1)) return ones;
  throw notRaw(`${JSON.stringify(name)} takes more than one string`);
}

function rawShape({ name, shape, anyRank }: TensorSignature, elements: number): number[] {
  if (anyRank) throw notRaw(`${JSON.stringify(name)} has no stated number of dimensions`);
  const isVariable = shape.map((size) => typeof size !== 'number');
  const variable = isVariable.filter(Boolean).length;
  const batched = variable > 1 && isVariable[0] ? [1, ...shape.slice(1)] : shape;
  if (batched.filter((size) => typeof size !== 'number').length > 1) {
    throw notRaw(`${JSON.stringify(name)} has ${variable} variable dimensions`);
  }
  const fixed = elementCount(batched.filter((size) => typeof size === 'number'));
  // Where this is no whole number the decoding tells how many bytes are needed.
  const rest = fixed > 0 ? Math.floor(elements / fixed) : 0;
  return batched.map((size) => (typeof size === 'number' ? size : rest));
}

const malformed = (reason: string) =>
  new PlatformError('request.malformed', { message: `the body cannot be read: ${reason}`, details: { reason } });

const notRaw = (reason: string) => {
  const problem = `a body without JSON (Inference-Header-Content-Length: 0) is not enough: ${reason}; send the JSON with name, shape and datatype before the bytes`;
  return new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
};
