import { boundedLogistic } from '../bounded-logistic.ts';
import { broadcast } from '../broadcast.ts';
import type { NodeReader } from '../node-reader.ts';
import { unsupported } from '../unsupported.ts';
import { type CompiledNode, floatsOf, inputAt, type Value } from '../values.ts';

/** Operators that compute each element by itself. Results are stored in a Float32Array, which rounds them. */

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

export function arithmetic(node: NodeReader): CompiledNode {
  node.onlyKnows();
  const a = node.input(0, { datatypes: ['FP32'] });
  const b = node.input(1, { datatypes: ['FP32'] });
  const compute = ARITHMETIC[node.operator] ?? unsupported(node.operator);
  return {
    types: [{ datatype: 'FP32', rank: Math.max(a.rank, b.rank) }],
    step: (inputs) => [combine(inputAt(inputs, 0), inputAt(inputs, 1), compute)],
  };
}

function combine(a: Value, b: Value, compute: (a: number, b: number) => number): Value {
  const { shape, count, places } = broadcast(a.shape, b.shape);
  const [left, right] = places;
  const result = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    const x = a.data[left ? (left[i] as number) : i] as number;
    result[i] = compute(x, b.data[right ? (right[i] as number) : i] as number);
  }
  return { shape, data: result };
}

export function sigmoid(node: NodeReader): CompiledNode {
  node.onlyKnows();
  const { rank } = node.input(0, { datatypes: ['FP32'] });
  return {
    types: [{ datatype: 'FP32', rank }],
    step(inputs) {
      const value = inputAt(inputs, 0);
      return [{ shape: value.shape, data: floatsOf(value).map(boundedLogistic) }];
    },
  };
}

export function isMissing(node: NodeReader): CompiledNode {
  node.onlyKnows();
  const { rank } = node.input(0, { datatypes: ['FP32'] });
  return {
    types: [{ datatype: 'BOOL', rank }],
    step(inputs) {
      const { shape, data } = inputAt(inputs, 0);
      return [{ shape, data: Uint8Array.from(data as Float32Array, (x) => Number(Number.isNaN(x))) }];
    },
  };
}

export function where(node: NodeReader): CompiledNode {
  node.onlyKnows();
  const ranks = [
    node.input(0, { datatypes: ['BOOL'] }).rank,
    node.input(1, { datatypes: ['FP32'] }).rank,
    node.input(2, { datatypes: ['FP32'] }).rank,
  ];
  return {
    types: [{ datatype: 'FP32', rank: Math.max(...ranks) }],
    step(inputs) {
      const [condition, yes, no] = [inputAt(inputs, 0), inputAt(inputs, 1), inputAt(inputs, 2)];
      const { shape, count, places } = broadcast(condition.shape, yes.shape, no.shape);
      const at = (operand: number, i: number) => places[operand]?.[i] ?? i;
      const result = new Float32Array(count);
      for (let i = 0; i < count; i += 1) {
        result[i] = (condition.data[at(0, i)] === 1 ? yes.data[at(1, i)] : no.data[at(2, i)]) as number;
      }
      return [{ shape, data: result }];
    },
  };
}

/** NaN stays NaN. The bounds must be known: as attributes up to operator set 10, as constant inputs after it. */
export function clip(node: NodeReader): CompiledNode {
  node.onlyKnows('min', 'max');
  const { rank } = node.input(0, { datatypes: ['FP32'] });
  const bound = (index: number, name: string, absent: number) =>
    node.inputs[index] === undefined ? node.float(name, absent) : (node.constant(index).data[0] as number);
  const low = bound(1, 'min', Number.NEGATIVE_INFINITY);
  const high = bound(2, 'max', Number.POSITIVE_INFINITY);
  return {
    types: [{ datatype: 'FP32', rank }],
    step(inputs) {
      const value = inputAt(inputs, 0);
      return [{ shape: value.shape, data: floatsOf(value).map((x) => (x < low ? low : x > high ? high : x)) }];
    },
  };
}

/** TensorProto.DataType of the datatypes that a cast here leads to. */
const CAST_TO: Readonly<Record<number, 'FP32' | 'INT64'>> = { 1: 'FP32', 7: 'INT64' };

/** Casts that lose nothing or round once: to the same datatype, from whole numbers and truth values to FP32. */
export function cast(node: NodeReader): CompiledNode {
  node.onlyKnows('to', 'saturate');
  const { datatype, rank } = node.input(0);
  const to = CAST_TO[node.integer('to')] ?? unsupported(`a cast to type ${node.integer('to')}`);
  if (datatype === to) return { types: [{ datatype, rank }], step: (inputs) => [inputAt(inputs, 0)] };
  if (to === 'INT64' || !['INT64', 'INT32', 'BOOL'].includes(datatype)) unsupported(`a cast of ${datatype} to ${to}`);
  return {
    types: [{ datatype: to, rank }],
    step(inputs) {
      const { shape, data } = inputAt(inputs, 0);
      return [{ shape, data: Float32Array.from(data as Int32Array, Number) }];
    },
  };
}

export function identity(node: NodeReader): CompiledNode {
  node.onlyKnows();
  const { datatype, rank } = node.input(0);
  return { types: [{ datatype, rank }], step: (inputs) => [inputAt(inputs, 0)] };
}
