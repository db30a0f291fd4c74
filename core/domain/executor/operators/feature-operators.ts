import type { NodeReader } from '../node-reader.ts';
import { unsupported } from '../unsupported.ts';
import { type CompiledNode, floatsOf, inputAt, type Value } from '../values.ts';

/** ai.onnx.ml operators that prepare features: FP32 `[N, F]` to the same. */

/** (x − offset) · scale, by feature or one for all. */
export function scaler(node: NodeReader): CompiledNode {
  node.onlyKnows('offset', 'scale');
  const offset = Float32Array.from(node.floats('offset'));
  const scale = Float32Array.from(node.floats('scale'));
  if (offset.length !== scale.length || offset.length === 0) unsupported('Scaler with lists of different length');
  return byFeature(node, [offset.length], (x, i) => Math.fround(x - (offset[i] as number)) * (scale[i] as number));
}

/** Puts a value, by feature or one for all, where the replaced value (NaN included) stands. */
export function imputer(node: NodeReader): CompiledNode {
  node.onlyKnows('imputed_value_floats', 'replaced_value_float');
  const values = Float32Array.from(node.floats('imputed_value_floats'));
  const replaced = node.float('replaced_value_float');
  if (values.length === 0) unsupported('Imputer without floats');
  const isReplaced = Number.isNaN(replaced) ? Number.isNaN : (x: number) => x === replaced;
  return byFeature(node, [values.length], (x, i) => (isReplaced(x) ? (values[i] as number) : x));
}

function byFeature(
  node: NodeReader,
  [count]: readonly [number],
  compute: (x: number, feature: number) => number,
): CompiledNode {
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  return {
    types: [{ datatype: 'FP32', rank: 2 }],
    step(inputs) {
      const { shape, data } = inputAt(inputs, 0);
      const [, columns = 0] = shape;
      if (count !== 1 && count !== columns) throw new RangeError(`the model takes ${count} features`);
      const result = new Float32Array(data.length);
      for (let i = 0; i < result.length; i += 1) {
        result[i] = compute(data[i] as number, count === 1 ? 0 : i % columns);
      }
      return [{ shape, data: result }];
    },
  };
}

const NORMS = ['MAX', 'L1', 'L2'];

/** Divides each row by its norm; a row whose norm is 0 stays as it is. */
export function normalizer(node: NodeReader): CompiledNode {
  node.onlyKnows('norm');
  node.input(0, { datatypes: ['FP32'], rank: 2 });
  const norm = node.text('norm', 'MAX');
  if (!NORMS.includes(norm)) unsupported(`norm ${norm}`);
  return {
    types: [{ datatype: 'FP32', rank: 2 }],
    step: (inputs) => [normalize(inputAt(inputs, 0), norm)],
  };
}

const LOWEST = -3.4028234663852886e38;

function normalize(value: Value, norm: string): Value {
  const { shape } = value;
  const data = floatsOf(value);
  const [rows = 0, columns = 0] = shape;
  const result = new Float32Array(data.length);
  for (let start = 0; start < rows * columns; start += columns) {
    let sum = norm === 'MAX' ? LOWEST : 0;
    for (let i = start; i < start + columns; i += 1) {
      const x = data[i] as number;
      if (norm === 'MAX') sum = sum < x ? x : sum;
      else sum = Math.fround(sum + (norm === 'L1' ? Math.abs(x) : Math.fround(x * x)));
    }
    for (let i = start; i < start + columns; i += 1) {
      const x = data[i] as number;
      if (sum === 0) result[i] = x;
      else if (norm !== 'L2') result[i] = x / sum;
      else result[i] = Math.sqrt(Math.fround(Math.fround(x * x) / sum)) * (x < 0 ? -1 : 1);
    }
  }
  return { shape, data: result };
}
