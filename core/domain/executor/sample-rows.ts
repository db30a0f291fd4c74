import type { ModelSignature, TensorSignature } from '../inference/signature.ts';
import type { Tensor } from '../inference/tensor.ts';
import { readOperatorGraph } from '../onnx/read-graph.ts';

/** How many rows decide whether two runtimes are equal: enough that each of some hundred thresholds is met from all sides. */
export const SAMPLED_ROWS = 512;

const EXTREMES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e30, -1e30, 1e-40, 1, -1];

/**
 * Rows that show where two runtimes could differ: features at the thresholds of the model's trees and one float beside them,
 * missing and infinite, zeros of both signs, very large and very small, and random ones of several magnitudes.
 *
 * @param uniform random numbers in [0, 1)
 * @returns undefined where an input is not a matrix of floats with a known number of columns
 */
export function sampleRows(file: Uint8Array, signature: ModelSignature, uniform: () => number): Tensor[] | undefined {
  const isMatrix = ({ datatype, shape }: TensorSignature) =>
    datatype === 'FP32' && shape.length === 2 && typeof shape[0] !== 'number' && typeof shape[1] === 'number';
  if (!signature.inputs.every(isMatrix)) return undefined;
  const thresholds = readThresholds(file);
  return signature.inputs.map(({ name, datatype, shape }) => {
    const columns = shape[1] as number;
    const data = new Float32Array(SAMPLED_ROWS * columns);
    for (let i = 0; i < data.length; i += 1) data[i] = sampleValue(thresholds.get(i % columns) ?? [], uniform);
    return { name, datatype, shape: [SAMPLED_ROWS, columns], data };
  });
}

/** Thresholds by feature. Where features are put together from several inputs the columns are others: then they are values like any. */
function readThresholds(file: Uint8Array): Map<number, number[]> {
  const thresholds = new Map<number, number[]>();
  for (const { attributes } of readOperatorGraph(file)?.nodes ?? []) {
    const features = attributes.get('nodes_featureids')?.integers ?? [];
    const values = attributes.get('nodes_values')?.floats ?? [];
    for (const [i, feature] of features.entries()) {
      const known = thresholds.get(feature);
      if (known) known.push(values[i] ?? 0);
      else thresholds.set(feature, [values[i] ?? 0]);
    }
  }
  return thresholds;
}

function sampleValue(thresholds: readonly number[], uniform: () => number): number {
  const pick = (values: readonly number[]): number => values[Math.floor(uniform() * values.length)] ?? 0;
  const kind = uniform();
  if (kind < 0.1) return pick(EXTREMES);
  if (kind < 0.6 && thresholds.length > 0) return beside(pick(thresholds), pick([-1, 0, 0, 1]));
  return (uniform() * 2 - 1) * 10 ** Math.floor(uniform() * 5 - 2);
}

const bits = new Int32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** The float that is `steps` after a float, away from zero; the float itself where there is none. */
function beside(value: number, steps: number): number {
  asFloat[0] = value;
  bits[0] = (bits[0] as number) + steps;
  const neighbour = asFloat[0] as number;
  return Number.isFinite(neighbour) ? neighbour : value;
}
