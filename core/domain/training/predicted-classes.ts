/**
 * The likeliest class of each row; of equally likely ones the first, as ONNX's ArgMax has it.
 *
 * @param probabilities shape `[N, C]`, row after row
 * @param classes the label of each column
 * @returns one label per row
 */
export function predictedClasses(probabilities: Float32Array, classes: readonly number[]): Float64Array {
  return Float64Array.from({ length: probabilities.length / classes.length }, (_, row) => {
    const start = row * classes.length;
    let best = 0;
    for (let k = 1; k < classes.length; k += 1) {
      if ((probabilities[start + k] as number) > (probabilities[start + best] as number)) best = k;
    }
    return classes[best] as number;
  });
}
