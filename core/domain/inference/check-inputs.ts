import { PlatformError } from '../errors.ts';
import type { ModelSignature, TensorSignature } from './signature.ts';
import { elementCount, type Tensor } from './tensor.ts';

/**
 * Checks a request's tensors against the model's signature: every input once, none besides, datatypes equal, shapes
 * fitting. A symbolic dimension binds one size for the whole request.
 *
 * @throws `infer.input_missing`, `infer.input_unknown`, `infer.input_duplicate`, `infer.datatype_mismatch`,
 *   `infer.shape_mismatch`, each naming the tensor, what was got and what is expected
 */
export function checkInputs(signature: ModelSignature, inputs: readonly Tensor[]): void {
  const expected = new Map(signature.inputs.map((input) => [input.name, input]));
  const names = [...expected.keys()];
  const seen = new Set<string>();
  const sizes = new Map<string, number>();
  for (const tensor of inputs) {
    const input = expected.get(tensor.name);
    if (!input) throw unknownInput(tensor.name, names);
    if (seen.has(tensor.name)) throw duplicateInput(tensor.name);
    seen.add(tensor.name);
    if (tensor.datatype !== input.datatype) throw wrongDatatype(tensor, input);
    checkShape(tensor, input, sizes);
  }
  const missing = names.find((name) => !seen.has(name));
  if (missing !== undefined) throw missingInput(missing, names);
}

function checkShape(tensor: Tensor, input: TensorSignature, sizes: Map<string, number>): void {
  if (elementCount(tensor.shape) !== tensor.data.length)
    throw wrongShape(tensor, input, `it has ${tensor.data.length} elements`);
  if (input.anyRank) return;
  if (tensor.shape.length !== input.shape.length)
    throw wrongShape(tensor, input, `it has ${tensor.shape.length} dimensions`);
  for (const [axis, dimension] of input.shape.entries()) {
    const size = tensor.shape[axis] as number;
    const bound = typeof dimension === 'string' ? sizes.get(dimension) : dimension;
    if (typeof bound === 'number' && bound !== size) {
      const why = typeof dimension === 'string' ? ` (${dimension} is ${bound} in another input)` : '';
      throw wrongShape(tensor, input, `dimension ${axis} is ${size}${why}`);
    }
    if (typeof dimension === 'string') sizes.set(dimension, size);
  }
}

/**
 * The outputs to compute: those asked for, in that order; all of them when none is named.
 *
 * @throws `infer.output_unknown`
 */
export function chooseOutputs(signature: ModelSignature, requested: readonly string[] | undefined): string[] {
  const names = signature.outputs.map(({ name }) => name);
  if (requested === undefined || requested.length === 0) return names;
  const unknown = requested.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new PlatformError('infer.output_unknown', {
      message: `the model has no output ${JSON.stringify(unknown)}; it has ${list(names)}`,
      details: { output: unknown, expected: names },
    });
  }
  return [...new Set(requested)];
}

const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');

const shapeText = (shape: readonly (number | string | null)[]) => `[${shape.map((size) => size ?? -1).join(', ')}]`;

const unknownInput = (input: string, expected: readonly string[]) =>
  new PlatformError('infer.input_unknown', {
    message: `the model has no input ${JSON.stringify(input)}; it takes ${list(expected)}`,
    details: { input, expected },
  });

const duplicateInput = (input: string) =>
  new PlatformError('infer.input_duplicate', {
    message: `the input ${JSON.stringify(input)} is given twice; give it once`,
    details: { input },
  });

const missingInput = (input: string, expected: readonly string[]) =>
  new PlatformError('infer.input_missing', {
    message: `the input ${JSON.stringify(input)} is missing; the model takes ${list(expected)}`,
    details: { input, expected },
  });

const wrongDatatype = (tensor: Tensor, input: TensorSignature) =>
  new PlatformError('infer.datatype_mismatch', {
    message: `${JSON.stringify(tensor.name)} is given as ${tensor.datatype}; the model takes ${input.datatype}`,
    details: { tensor: tensor.name, got: tensor.datatype, expected: input.datatype },
  });

const wrongShape = (tensor: Tensor, input: TensorSignature, reason: string) =>
  new PlatformError('infer.shape_mismatch', {
    message: `${JSON.stringify(tensor.name)} has the shape ${shapeText(tensor.shape)}: ${reason}; the model takes ${shapeText(input.shape)}`,
    details: { tensor: tensor.name, got: tensor.shape, expected: input.shape.map((size) => size ?? -1) },
  });
