import { refuseInput } from './unsupported.ts';

/** How the elements of a result read the elements of an operand that is stretched to its shape. */
export interface Broadcast {
  readonly shape: readonly number[];
  readonly count: number;
  /** Per operand: its element for each element of the result; undefined where they are the same, one by one. */
  readonly places: readonly (Int32Array | undefined)[];
}

/** Shapes as ONNX (and NumPy) stretch them: aligned at their last dimension, sizes equal or 1. */
export function broadcast(...shapes: readonly (readonly number[])[]): Broadcast {
  const rank = Math.max(...shapes.map(({ length }) => length));
  const padded = shapes.map((shape) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const sizes = new Set(padded.map((sizes) => sizes[axis] as number).filter((size) => size !== 1));
    if (sizes.size > 1) refuseInput('shapes that do not fit');
    return [...sizes][0] ?? 1;
  });
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, count, places: padded.map((sizes) => placesOf(sizes, shape, count)) };
}

function placesOf(sizes: readonly number[], shape: readonly number[], count: number): Int32Array | undefined {
  if (sizes.every((size, axis) => size === shape[axis])) return undefined;
  const places = new Int32Array(count);
  let stride = 1;
  let block = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const size = shape[axis] as number;
    if (sizes[axis] !== 1) {
      for (let i = 0; i < count; i += 1) places[i] = (places[i] as number) + (Math.floor(i / block) % size) * stride;
    }
    stride *= sizes[axis] as number;
    block *= size;
  }
  return places;
}
