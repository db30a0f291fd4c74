/**
 * Turns scores into probabilities.
 *
 *     p_k = e^{s_k − max s} / Σⱼ e^{s_j − max s}
 *
 * @param scores shape `[N, C]`, row after row
 * @returns the same shape in float32; each row adds up to 1 within float32's rounding
 */
export function softmaxRows(scores: Float32Array, classCount: number): Float32Array {
  const probabilities = new Float32Array(scores.length);
  for (let start = 0; start < scores.length; start += classCount) {
    const row = scores.subarray(start, start + classCount);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const total = row.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    row.forEach((score, k) => {
      probabilities[start + k] = Math.exp(score - largest) / total;
    });
  }
  return probabilities;
}
