/**
 * Half the deviance of a count from its expectation.
 *
 *     D(x, μ) = x ln(x / μ) + μ − x
 *
 * Near x = μ the terms cancel; there a series in (x − μ)/(x + μ) is summed instead.
 *
 * @param x > 0
 * @param mean μ > 0
 * @returns ≥ 0; 0 exactly where x = μ; NaN for NaN
 *
 * Cost: O(1).
 * Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
 */
export function deviance(x: number, mean: number): number {
  const difference = x - mean;
  const ratio = difference / (x + mean);
  if (Math.abs(ratio) >= 0.1) return x * Math.log(x / mean) - difference;
  const square = ratio * ratio;
  let sum = difference * ratio;
  let power = 2 * x * ratio;
  // Object.is, for NaN is never equal to itself and would be summed for ever; −1 is no sum.
  for (let odd = 3, before = -1; !Object.is(sum, before); odd += 2) {
    before = sum;
    power *= square;
    sum += power / odd;
  }
  return sum;
}
