import type { NodeReader } from '../node-reader.ts';
import { refuseInput, unsupported } from '../unsupported.ts';
import { type CompiledNode, floatsOf, inputAt, type Value, type ValueType } from '../values.ts';

/** Operators that move elements and compute none. */

const countOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function reshaped(type: ValueType, rank: number, toShape: (shape: readonly number[]) => number[]): CompiledNode {
  return {
    types: [{ datatype: type.datatype, rank }],
    step(inputs) {
      const { shape, data } = inputAt(inputs, 0);
      const next = toShape(shape);
      if (countOf(next) !== data.length) refuseInput(`[${shape.join(', ')}] cannot become [${next.join(', ')}]`);
      return [{ shape: next, data }];
    },
  };
}

/** 0 keeps a dimension, −1 takes what is left. */
export function reshape(node: NodeReader): CompiledNode {
  node.onlyKnows('allowzero');
  if (node.integer('allowzero', 0) !== 0) unsupported('Reshape with allowzero');
  node.input(1, { datatypes: ['INT64'], rank: 1 });
  const target = Array.from(node.constant(1).data, Number);
  return reshaped(node.input(0), target.length, (shape) => {
    const sizes = target.map((size, axis) => (size === 0 ? (shape[axis] ?? 0) : size));
    const known = countOf(sizes.filter((size) => size !== -1));
    return sizes.map((size) => (size === -1 ? Math.floor(countOf(shape) / Math.max(known, 1)) : size));
  });
}

export function flatten(node: NodeReader): CompiledNode {
  node.onlyKnows('axis');
  const type = node.input(0);
  const axis = node.integer('axis', 1);
  const split = axis < 0 ? axis + type.rank : axis;
  return reshaped(type, 2, (shape) => [countOf(shape.slice(0, split)), countOf(shape.slice(split))]);
}

/** Axes are an attribute up to operator set 12, a constant input after it. */
function axesOf(node: NodeReader, rank: number): Set<number> {
  const given = node.has('axes') ? node.integers('axes') : Array.from(node.constant(1).data, Number);
  return new Set(given.map((axis) => (axis < 0 ? axis + rank : axis)));
}

export function squeeze(node: NodeReader): CompiledNode {
  node.onlyKnows('axes');
  const type = node.input(0);
  const axes = axesOf(node, type.rank);
  return reshaped(type, type.rank - axes.size, (shape) => shape.filter((_, axis) => !axes.has(axis)));
}

export function unsqueeze(node: NodeReader): CompiledNode {
  node.onlyKnows('axes');
  const type = node.input(0);
  const given = node.has('axes') ? node.integers('axes').length : node.constant(1).data.length;
  const rank = type.rank + given;
  const axes = axesOf(node, rank);
  return reshaped(type, rank, (shape) => {
    const sizes = [...shape];
    return Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (sizes.shift() ?? 1)));
  });
}

/** FP32 matrices side by side. */
export function concat(node: NodeReader): CompiledNode {
  node.onlyKnows('axis');
  for (let index = 0; index < node.inputs.length; index += 1) node.input(index, { datatypes: ['FP32'], rank: 2 });
  const axis = node.integer('axis');
  if (axis !== 1 && axis !== -1) unsupported(`Concat along ${axis}`);
  return { types: [{ datatype: 'FP32', rank: 2 }], step: (inputs) => [sideBySide(inputs)] };
}

function sideBySide(inputs: readonly Value[]): Value {
  const rows = inputs[0]?.shape[0] ?? 0;
  if (inputs.some(({ shape }) => shape[0] !== rows)) refuseInput('inputs of different numbers of rows');
  const columns = inputs.reduce((sum, { shape }) => sum + (shape[1] as number), 0);
  const data = new Float32Array(rows * columns);
  let start = 0;
  for (const input of inputs) {
    const width = input.shape[1] as number;
    for (let row = 0; row < rows; row += 1) {
      data.set(floatsOf(input).subarray(row * width, (row + 1) * width), row * columns + start);
    }
    start += width;
  }
  return { shape: [rows, columns], data };
}

/** Picks elements of a constant list by index, as our own exports do with class labels. */
export function gather(node: NodeReader): CompiledNode {
  node.onlyKnows('axis');
  node.input(0, { datatypes: ['INT64'], rank: 1 });
  const { rank } = node.input(1, { datatypes: ['INT64'] });
  if (node.integer('axis', 0) !== 0) unsupported('Gather along another dimension');
  const list = node.constant(0).data as BigInt64Array;
  return {
    types: [{ datatype: 'INT64', rank }],
    step(inputs) {
      const { shape, data } = inputAt(inputs, 1);
      const result = new BigInt64Array(data.length);
      for (let i = 0; i < result.length; i += 1) {
        const index = Number(data[i]);
        result[i] = list.at(index) ?? refuseInput(`an index ${index}`);
      }
      return [{ shape, data: result }];
    },
  };
}
