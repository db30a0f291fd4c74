import type { TensorData } from '../inference/datatype.ts';
import { unsupported } from './unsupported.ts';
import type { ValueType } from './values.ts';

/** Class labels of a classifier, whole numbers or texts. */
export interface ClassLabels {
  readonly count: number;
  readonly type: ValueType;
  /** Labels of rows by class index. */
  pick(indices: Int32Array): TensorData;
}

export function classLabels(texts: readonly string[], integers: readonly number[]): ClassLabels {
  if (texts.length > 0 && integers.length > 0) unsupported('labels of two kinds');
  if (texts.length > 0) {
    return {
      count: texts.length,
      type: { datatype: 'BYTES', rank: 1 },
      pick: (indices) => Array.from(indices, (index) => texts[index] as string),
    };
  }
  const labels = BigInt64Array.from(integers, BigInt);
  return {
    count: integers.length,
    type: { datatype: 'INT64', rank: 1 },
    pick(indices) {
      const picked = new BigInt64Array(indices.length);
      for (let i = 0; i < indices.length; i += 1) picked[i] = labels[indices[i] as number] as bigint;
      return picked;
    },
  };
}
