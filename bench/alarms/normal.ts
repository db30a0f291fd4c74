import type { Random } from '../../core/domain/training/random.ts';

/** Quantile of the standard normal distribution, relative error below 1.2e-9 (Acklam 2003). */
export function normalQuantile(p: number): number {
  const a = [
    -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
  ];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
  const c = [
    -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
  const polynomial = (coefficients: readonly number[], x: number) =>
    coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  const q = p - 0.5;
  return (polynomial(a, q * q) * q) / polynomial(b, q * q);
}

const CELLS = 65_536;
const QUANTILES = Float64Array.from({ length: CELLS }, (_, i) => normalQuantile((i + 0.5) / CELLS));

/** Draws of a normal distribution of 65,536 equally likely values, two from each random word: sampling must not be what takes the time. */
export function normalDraws(random: Random): () => number {
  let spare = -1;
  return () => {
    if (spare >= 0) {
      const value = QUANTILES[spare] as number;
      spare = -1;
      return value;
    }
    const word = random.uint32();
    spare = word >>> 16;
    return QUANTILES[word & 0xffff] as number;
  };
}
