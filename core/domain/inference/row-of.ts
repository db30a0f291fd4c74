import type { Tensor } from './tensor.ts';

/** One row of a tensor whose first dimension counts rows, as a tensor of one row. */
export function rowOf(tensor: Tensor, row: number): Tensor {
  const [, ...inner] = tensor.shape;
  const width = inner.reduce((product, size) => product * size, 1);
  return { ...tensor, shape: [1, ...inner], data: tensor.data.slice(row * width, (row + 1) * width) };
}
