const HALF_LOG_TWO_PI = 0.9189385332046727;
const ONE_MINUS_EULER = 0.42278433509846713;

/** ζ(k) − 1 for k = 2, 3, … */
const ZETA_LESS_ONE = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645,
  0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-5, 3.058823630702049e-5, 1.528225940865187e-5,
  7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6, 9.539620338727962e-7, 4.769329867878064e-7,
  2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
] as const;

/**
 * Logarithm of the gamma function.
 *
 *     ln Γ(x) with Γ(n) = (n − 1)!
 *
 * Around 2 a power series, elsewhere below 10 moved there by Γ(x + 1) = x Γ(x), from 10 on Stirling's series.
 *
 * @param x > 0; ∞ at 0, NaN below
 * @returns relative error below 1e-14, also beside the zeros at 1 and 2
 *
 * Cost: O(1).
 * Source: Abramowitz & Stegun 6.1.33 (series), 6.1.15 (recurrence), 6.1.41 (Stirling).
 */
export function logGamma(x: number): number {
  if (x >= 10) return stirling(x);
  if (x < 0.5) return aroundTwo(x) - Math.log(x) - Math.log1p(x);
  if (x < 1.5) return aroundTwo(x - 1) - Math.log1p(x - 1);
  let shifted = x;
  let product = 1;
  while (shifted > 2.5) {
    shifted -= 1;
    product *= shifted;
  }
  return Math.log(product) + aroundTwo(shifted - 2);
}

/** ln Γ(2 + z) for |z| ≤ ½ */
function aroundTwo(z: number): number {
  let power = -z;
  let sum = ONE_MINUS_EULER * z;
  ZETA_LESS_ONE.forEach((zeta, index) => {
    power *= -z;
    sum += (zeta * power) / (index + 2);
  });
  return sum;
}

function stirling(x: number): number {
  const square = 1 / (x * x);
  const series =
    1 / 12 -
    (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - (691 / 360360) * square) * square) * square) * square) * square;
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + series / x;
}
