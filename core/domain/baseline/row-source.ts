import type { RowTensors } from '../capture/row-buffer.ts';
import type { Tensor } from '../inference/tensor.ts';

/** Rows of a baseline as a model's tensors; `outputs` is empty where nothing is known of the predictions. */
export interface SourceRows extends RowTensors {
  readonly rows: number;
  /** Of each row, in ms. */
  readonly times?: Float64Array | undefined;
}

/** Gives the rows, in their order; the same each time it is called. */
export type RowSource = (take: (rows: SourceRows) => void) => Promise<void>;

/** Rows `[from, to)` of tensors whose first dimension counts rows. */
export function sliceRows({ inputs, outputs, times }: SourceRows, from: number, to: number): SourceRows {
  const slice = (tensor: Tensor): Tensor => {
    const width = tensor.shape.slice(1).reduce((product, size) => product * size, 1);
    const shape = [to - from, ...tensor.shape.slice(1)];
    return { ...tensor, shape, data: tensor.data.slice(from * width, to * width) };
  };
  return { rows: to - from, inputs: inputs.map(slice), outputs: outputs.map(slice), times: times?.subarray(from, to) };
}
