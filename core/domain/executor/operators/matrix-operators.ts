import { checkSize, multiply, type Weights } from '../matrix-product.ts';
import type { NodeReader } from '../node-reader.ts';
import { transformRow } from '../post-transform.ts';
import { refuseInput, unsupported } from '../unsupported.ts';
import { type CompiledNode, floatsOf, inputAt } from '../values.ts';

/** Operators on FP32 matrices `[N, F]`; the right-hand side is a weight. */

export function matMul(node: NodeReader): CompiledNode {
  node.onlyKnows();
  return product(node, readMatrix(node, false));
}

/** X · W + C, with the scaling factors at 1. */
export function gemm(node: NodeReader): CompiledNode {
  node.onlyKnows('alpha', 'beta', 'transA', 'transB');
  if (node.float('alpha', 1) !== 1 || node.float('beta', 1) !== 1 || node.integer('transA', 0) !== 0) {
    unsupported('Gemm that scales or transposes its input');
  }
  const weights = readMatrix(node, node.integer('transB', 0) === 1);
  if (node.inputs[2] === undefined) return product(node, weights);
  node.input(2, { datatypes: ['FP32'] });
  const { shape, data } = node.constant(2);
  const isRow = shape.length <= 2 && (shape.length < 2 || shape[0] === 1);
  if (!isRow || (data.length !== 1 && data.length !== weights.targets))
    unsupported(`Gemm with a bias [${shape.join(', ')}]`);
  return product(node, { ...weights, bias: data as Float32Array });
}

function readMatrix(node: NodeReader, isTransposed: boolean): Weights {
  node.input(1, { datatypes: ['FP32'], rank: 2 });
  const { shape, data } = node.constant(1);
  const [first = 0, second = 0] = shape;
  const [features, targets] = isTransposed ? [second, first] : [first, second];
  checkSize(features, targets);
  return { data: data as Float32Array, features, targets, isTransposed };
}

function product(node: NodeReader, weights: Weights): CompiledNode {
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  return {
    types: [{ datatype: 'FP32', rank: 2 }],
    step(inputs) {
      const value = inputAt(inputs, 0);
      const [rows = 0, columns = 0] = value.shape;
      if (columns !== weights.features) refuseInput(`the model takes ${weights.features} features`);
      return [{ shape: [rows, weights.targets], data: multiply(floatsOf(value), rows, weights) }];
    },
  };
}

/** Along the last of two dimensions, which means the same in every version of the operator. */
export function softmax(node: NodeReader): CompiledNode {
  node.onlyKnows('axis');
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  const axis = node.integer('axis', 1);
  if (axis !== 1 && axis !== -1) unsupported(`Softmax along ${axis}`);
  return {
    types: [{ datatype: 'FP32', rank: 2 }],
    step(inputs) {
      const value = inputAt(inputs, 0);
      const [rows = 0, columns = 0] = value.shape;
      const result = floatsOf(value).slice();
      for (let row = 0; row < rows; row += 1) transformRow(result, row * columns, columns, 'SOFTMAX');
      return [{ shape: value.shape, data: result }];
    },
  };
}

/** Index of the first largest element along the last of two dimensions. */
export function argMax(node: NodeReader): CompiledNode {
  node.onlyKnows('axis', 'keepdims', 'select_last_index');
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  const axis = node.integer('axis', 0);
  if ((axis !== 1 && axis !== -1) || node.integer('select_last_index', 0) !== 0) unsupported(`ArgMax along ${axis}`);
  const keeps = node.integer('keepdims', 1) === 1;
  return {
    types: [{ datatype: 'INT64', rank: keeps ? 2 : 1 }],
    step(inputs) {
      const { shape, data } = inputAt(inputs, 0);
      const [rows = 0, columns = 0] = shape;
      if (columns === 0) refuseInput('ArgMax of nothing');
      const result = new BigInt64Array(rows);
      for (let row = 0; row < rows; row += 1) {
        let best = row * columns;
        for (let i = best + 1; i < (row + 1) * columns; i += 1) {
          if ((data[i] as number) > (data[best] as number)) best = i;
        }
        result[row] = BigInt(best - row * columns);
      }
      return [{ shape: keeps ? [rows, 1] : [rows], data: result }];
    },
  };
}
