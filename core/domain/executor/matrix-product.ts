import { unsupported } from './unsupported.ts';

/**
 * Beyond this many multiplications a row the native library wins even with its load time: it uses the processor's vector
 * units, which JavaScript cannot reach.
 */
const LIMIT_PER_ROW = 32_768;

export function checkSize(features: number, targets: number): void {
  if (features * targets > LIMIT_PER_ROW) unsupported(`a matrix of ${features} × ${targets}`);
}

export interface Weights {
  /** `[features, targets]`, or `[targets, features]` where `isTransposed`. */
  readonly data: Float32Array;
  readonly features: number;
  readonly targets: number;
  readonly isTransposed: boolean;
  /** Added to every row, one per target, or one for all. */
  readonly bias?: Float32Array | undefined;
}

/**
 * `X` `[rows, features]` times the weights, plus the bias: `[rows, targets]`. Each sum runs over the features in order with
 * the rounding of a fused multiply-add in float32, as onnxruntime's kernels do it for several rows: the product of two
 * floats is exact in a double, so that only the sum is rounded. (For one row they sum in lanes; the last bit may differ.)
 */
export function multiply(
  x: Float32Array,
  rows: number,
  { data, features, targets, isTransposed, bias }: Weights,
): Float32Array {
  const result = new Float32Array(rows * targets);
  const stride = isTransposed ? 1 : targets;
  for (let row = 0; row < rows; row += 1) {
    const start = row * features;
    for (let target = 0; target < targets; target += 1) {
      let sum = 0;
      for (let k = 0, at = isTransposed ? target * features : target; k < features; k += 1, at += stride) {
        sum = Math.fround(sum + (x[start + k] as number) * (data[at] as number));
      }
      result[row * targets + target] = bias ? sum + (bias[bias.length === 1 ? 0 : target] as number) : sum;
    }
  }
  return result;
}
