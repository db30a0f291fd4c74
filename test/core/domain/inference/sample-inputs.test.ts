import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../../../core/domain/inference/check-inputs.ts';
import { DATATYPES } from '../../../../core/domain/inference/datatype.ts';
import { sampleInputs } from '../../../../core/domain/inference/sample-inputs.ts';
import type { Dimension, ModelSignature } from '../../../../core/domain/inference/signature.ts';

const signature = (shape: readonly Dimension[], datatypes: typeof DATATYPES | ['FP32'] = ['FP32']): ModelSignature => ({
  inputs: datatypes.map((datatype) => ({ name: datatype, datatype, shape })),
  outputs: [],
});

describe('sampleInputs', () => {
  it('makes a request that every datatype takes, with each variable dimension 1', () => {
    const everything = signature(['N', 2, null], DATATYPES);
    const sample = sampleInputs(everything) ?? [];
    expect(() => checkInputs(everything, sample)).not.toThrow();
    expect(sample.map(({ shape }) => shape)).toEqual(DATATYPES.map(() => [1, 2, 1]));
    expect(sample.map(({ data }) => String(data[0]))).toEqual(DATATYPES.map((name) => (name === 'BYTES' ? '' : '0')));
  });

  it.each([{ shape: [] }, { shape: [0] }, { shape: [1000, 1000] }])('makes one of the shape $shape', ({ shape }) => {
    expect(sampleInputs(signature(shape))?.[0]?.shape).toEqual(shape);
  });

  it.each([
    { what: 'more elements than a body can hold', shape: [100_000, 100_000] },
    { what: 'a product past 2^53', shape: [2 ** 50, 2 ** 50] },
  ])('makes none of $what', ({ shape }) => {
    expect(sampleInputs(signature(shape))).toBeUndefined();
  });
});
