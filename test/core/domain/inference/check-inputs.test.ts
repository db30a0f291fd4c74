import { describe, expect, it } from 'vitest';
import { checkInputs, chooseOutputs } from '../../../../core/domain/inference/check-inputs.ts';
import {
  type ModelSignature,
  type TensorSignature,
  toProtocolShape,
} from '../../../../core/domain/inference/signature.ts';
import type { Tensor } from '../../../../core/domain/inference/tensor.ts';
import { caught } from '../../../support/caught.ts';

const fp32 = (name: string, ...shape: number[]): Tensor => ({
  name,
  datatype: 'FP32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

const takes = (...inputs: (Pick<TensorSignature, 'shape'> & Partial<TensorSignature>)[]): ModelSignature => ({
  inputs: inputs.map((input, i) => ({ name: 'abc'[i] ?? '', datatype: 'FP32', ...input })),
  outputs: [],
});

describe('checkInputs', () => {
  it.each([
    { what: 'a fixed shape', signature: takes({ shape: [2, 3] }), inputs: [fp32('a', 2, 3)] },
    {
      what: 'any size where the model says nothing',
      signature: takes({ shape: [null, 3] }),
      inputs: [fp32('a', 9, 3)],
    },
    { what: 'zero rows', signature: takes({ shape: ['N', 3] }), inputs: [fp32('a', 0, 3)] },
    { what: 'a scalar', signature: takes({ shape: [] }), inputs: [fp32('a')] },
    {
      what: 'a symbol bound alike',
      signature: takes({ shape: ['N', 3] }, { shape: ['N'] }),
      inputs: [fp32('a', 4, 3), fp32('b', 4)],
    },
    {
      what: 'inputs in another order',
      signature: takes({ shape: ['N'] }, { shape: ['M'] }),
      inputs: [fp32('b', 1), fp32('a', 2)],
    },
    {
      what: 'unnamed dimensions that differ',
      signature: takes({ shape: [null] }, { shape: [null] }),
      inputs: [fp32('a', 1), fp32('b', 2)],
    },
    { what: 'any rank', signature: takes({ shape: [], anyRank: true }), inputs: [fp32('a', 2, 3, 4)] },
    { what: 'no input', signature: takes(), inputs: [] },
  ])('takes $what', ({ signature, inputs }) => {
    expect(() => checkInputs(signature, inputs)).not.toThrow();
  });

  it.each([
    {
      what: 'a missing input',
      signature: takes({ shape: [1] }, { shape: [1] }),
      inputs: [fp32('a', 1)],
      code: 'infer.input_missing',
      details: { input: 'b', expected: ['a', 'b'] },
    },
    {
      what: 'no input at all',
      signature: takes({ shape: [1] }),
      inputs: [],
      code: 'infer.input_missing',
      details: { input: 'a' },
    },
    {
      what: 'an unknown input',
      signature: takes({ shape: [1] }),
      inputs: [fp32('a', 1), fp32('x', 1)],
      code: 'infer.input_unknown',
      details: { input: 'x', expected: ['a'] },
    },
    {
      what: 'an input given twice',
      signature: takes({ shape: [1] }),
      inputs: [fp32('a', 1), fp32('a', 1)],
      code: 'infer.input_duplicate',
      details: { input: 'a' },
    },
    {
      what: 'another datatype',
      signature: takes({ shape: [1], datatype: 'FP64' }),
      inputs: [fp32('a', 1)],
      code: 'infer.datatype_mismatch',
      details: { tensor: 'a', got: 'FP32', expected: 'FP64' },
    },
    {
      what: 'another rank',
      signature: takes({ shape: ['N', 3] }),
      inputs: [fp32('a', 3)],
      code: 'infer.shape_mismatch',
      details: { tensor: 'a', got: [3], expected: ['N', 3] },
    },
    {
      what: 'another fixed size',
      signature: takes({ shape: [null, 3] }),
      inputs: [fp32('a', 2, 4)],
      code: 'infer.shape_mismatch',
      details: { got: [2, 4], expected: [-1, 3] },
    },
    {
      what: 'a symbol bound differently in two inputs',
      signature: takes({ shape: ['N'] }, { shape: ['N'] }),
      inputs: [fp32('a', 2), fp32('b', 3)],
      code: 'infer.shape_mismatch',
      details: { tensor: 'b', got: [3], expected: ['N'] },
    },
    {
      what: 'a symbol bound differently in one input',
      signature: takes({ shape: ['S', 'S'] }),
      inputs: [fp32('a', 2, 3)],
      code: 'infer.shape_mismatch',
      details: { tensor: 'a' },
    },
    {
      what: 'a symbol bound to no rows by another input',
      signature: takes({ shape: ['N'] }, { shape: ['N'] }),
      inputs: [fp32('a', 0), fp32('b', 1)],
      code: 'infer.shape_mismatch',
      details: { tensor: 'b' },
    },
    {
      what: 'fewer elements than the shape has',
      signature: takes({ shape: [null] }),
      inputs: [{ ...fp32('a', 1), shape: [2] }],
      code: 'infer.shape_mismatch',
      details: { got: [2] },
    },
    {
      what: 'elements that are not the shape of any rank',
      signature: takes({ shape: [], anyRank: true }),
      inputs: [{ ...fp32('a', 1), shape: [2, 2] }],
      code: 'infer.shape_mismatch',
      details: { got: [2, 2] },
    },
    {
      what: 'a negative dimension',
      signature: takes({ shape: [null] }),
      inputs: [{ ...fp32('a', 1), shape: [-1] }],
      code: 'infer.shape_mismatch',
      details: { got: [-1] },
    },
    {
      what: 'an input called like a method',
      signature: takes({ shape: [1] }),
      inputs: [fp32('constructor', 1)],
      code: 'infer.input_unknown',
      details: { input: 'constructor' },
    },
  ] as const)('fails for $what', ({ signature, inputs, code, details }) => {
    expect(caught(() => checkInputs(signature, inputs))).toMatchObject({ code, details });
  });

  it('says what was got, what is expected, and which symbol was bound elsewhere', () => {
    const signature = takes({ shape: ['N', 3] }, { shape: ['N', null] });
    const { message } = caught(() => checkInputs(signature, [fp32('a', 2, 3), fp32('b', 5, 1)]));
    expect(message).toBe(
      '"b" has the shape [5, 1]: dimension 0 is 5 (N is 2 in another input); the model takes [N, -1]',
    );
  });
});

describe('chooseOutputs', () => {
  const signature: ModelSignature = {
    inputs: [],
    outputs: ['y', 'z'].map((name) => ({ name, datatype: 'FP32', shape: [] })),
  };

  it.each([
    { requested: undefined, names: ['y', 'z'] },
    { requested: [], names: ['y', 'z'] },
    { requested: ['z', 'y'], names: ['z', 'y'] },
    { requested: ['z'], names: ['z'] },
    { requested: ['z', 'z'], names: ['z'] },
  ])('chooses $names where $requested is asked for', ({ requested, names }) => {
    expect(chooseOutputs(signature, requested)).toEqual(names);
  });

  it('fails for an output that the model does not have', () => {
    const error = caught(() => chooseOutputs(signature, ['y', 'toString']));
    expect(error).toMatchObject({
      code: 'infer.output_unknown',
      details: { output: 'toString', expected: ['y', 'z'] },
    });
  });
});

describe('toProtocolShape', () => {
  it('writes every variable dimension as -1', () => {
    expect(toProtocolShape(['N', 3, null, 0])).toEqual([-1, 3, -1, 0]);
  });
});
