import { describe, expect, it } from 'vitest';
import { hasFreeRows, sampleRequests } from '../../../../core/domain/admission/sample-requests.ts';
import { DATATYPES } from '../../../../core/domain/inference/datatype.ts';
import type { Dimension, ModelSignature } from '../../../../core/domain/inference/signature.ts';
import { createRandom } from '../../../../core/domain/training/random.ts';

const signature = (...shapes: Dimension[][]): ModelSignature => ({
  inputs: shapes.map((shape, at) => ({ name: `x${at}`, datatype: 'FP32', shape })),
  outputs: [{ name: 'y', datatype: 'FP32', shape: ['N'] }],
});
const { uniform } = createRandom(3);

describe('sampled requests', () => {
  it.each(DATATYPES)('are single rows of %s, and the same rows as one batch', (datatype) => {
    const model: ModelSignature = {
      inputs: [{ name: 'x', datatype, shape: ['N', 2, null] }],
      outputs: [{ name: 'y', datatype, shape: [null] }],
    };
    const { singles, batch } = sampleRequests(model, uniform) ?? { singles: [] };
    expect(singles).toHaveLength(8);
    expect(singles.every(([x]) => String(x?.shape) === '1,2,1')).toBe(true);
    expect(batch?.[0]?.shape).toEqual([8, 2, 1]);
    expect(singles.flatMap(([x]) => [...(x?.data ?? [])])).toEqual([...(batch?.[0]?.data ?? [])]);
  });

  it('are not batches where the number of rows is fixed', () => {
    const { singles, batch } = sampleRequests(signature([1, 4]), uniform) ?? { singles: [] };
    expect(batch).toBeUndefined();
    expect(singles[0]?.[0]?.shape).toEqual([1, 4]);
  });

  it('are fewer where a row is large, and none where no request could hold it', () => {
    expect(sampleRequests(signature(['N', 2 ** 19]), uniform)?.singles).toHaveLength(4);
    expect(sampleRequests(signature(['N', 2 ** 22]), uniform)).toBeUndefined();
    expect(sampleRequests(signature(['N', 2 ** 40]), uniform)).toBeUndefined();
  });

  it('are one empty request of a model without inputs', () => {
    const { singles, batch } = sampleRequests(signature(), uniform) ?? { singles: [] };
    expect(batch).toBeUndefined();
    expect(singles[0]).toEqual([]);
  });
});

describe('rows', () => {
  it.each([
    { what: 'every first dimension varies', model: signature(['N', 2], ['N']), free: true },
    { what: 'one input has a fixed number', model: signature(['N', 2], [1]), free: false },
    { what: 'an input is a scalar', model: signature(['N'], []), free: false },
    { what: 'the number of rows is a second dimension, too', model: signature(['N', 'N']), free: false },
    { what: 'there is no input', model: signature(), free: false },
    {
      what: 'an output has a fixed number',
      model: { ...signature(['N']), outputs: [{ name: 'y', datatype: 'FP32', shape: [1] }] } as ModelSignature,
      free: false,
    },
    {
      what: 'an output is of any shape',
      model: {
        ...signature(['N']),
        outputs: [{ name: 'y', datatype: 'FP32', shape: [], anyRank: true }],
      } as ModelSignature,
      free: false,
    },
  ])('are free: $free, where $what', ({ model, free }) => {
    expect(hasFreeRows(model)).toBe(free);
  });
});
