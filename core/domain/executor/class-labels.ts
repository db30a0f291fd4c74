import type { TensorData } from '../inference/datatype.ts';
import { unsupported } from './unsupported.ts';
import type { ValueType } from './values.ts';

/** Class labels of a classifier, whole numbers or texts. */
export interface ClassLabels {
  readonly count: number;
  readonly type: ValueType;
  /** Each label is its own index, or is looked up by it. */
  readonly areIndices: boolean;
  /** Labels of rows by class index. */
  pick(indices: Int32Array): TensorData;
}

export function classLabels(texts: readonly string[], integers: readonly number[]): ClassLabels {
  if (texts.length > 0 && integers.length > 0) unsupported('labels of two kinds');
  if (texts.length > 0) {
    return {
      count: texts.length,
      areIndices: true,
      type: { datatype: 'BYTES', rank: 1 },
      pick: (indices) => Array.from(indices, (index) => texts[index] as string),
    };
  }
  const labels = BigInt64Array.from(integers, BigInt);
  return {
    count: integers.length,
    areIndices: integers.every((label, index) => label === index),
    type: { datatype: 'INT64', rank: 1 },
    pick(indices) {
      const picked = new BigInt64Array(indices.length);
      for (let i = 0; i < indices.length; i += 1) picked[i] = labels[indices[i] as number] as bigint;
      return picked;
    },
  };
}
