const { fround } = Math;

const RANGE = 18;
/** Coefficients of the odd numerator, highest power first. */
const NUMERATOR = [
  4.37031012579801e-11, 1.15627324459942e-7, 6.08574864600143e-5, 8.51377133304701e-3, 2.48287947061529e-1,
].map(fround);
/** Coefficients of the even denominator, highest power first. */
const DENOMINATOR = [
  6.10247389755681e-13, 5.76102136993427e-9, 6.2910678501704e-6, 1.70198817374094e-3, 1.16817656904453e-1,
  9.9315192102318e-1,
].map(fround);

/** Horner's rule in fused multiply-adds: the product is exact in a double, only the sum is rounded to float32. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = coefficients[0] as number;
  for (let i = 1; i < coefficients.length; i += 1) value = fround(value * x + (coefficients[i] as number));
  return value;
}

/**
 * 1 / (1 + e^−x) by the rational approximation that onnxruntime's vector kernel uses, to the last bit: outside of ±18 it is
 * flat, which decides what a later normalization makes of several small probabilities.
 *
 * @returns within 1e-7 of the logistic function; NaN for NaN
 */
export function boundedLogistic(x: number): number {
  const value = Math.min(RANGE, Math.max(-RANGE, x));
  const square = fround(value * value);
  const odd = fround(polynomial(NUMERATOR, square) * value);
  const ratio = fround(odd / polynomial(DENOMINATOR, square));
  return Math.min(1, Math.max(0, fround(ratio + 0.5)));
}
