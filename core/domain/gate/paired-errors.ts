import { normalQuantile } from '../drift/distributions/normal-quantile.ts';
import { studentTwoSided } from '../drift/distributions/student-t.ts';
import type { Estimate } from '../performance/estimate.ts';

export interface PairedErrors {
  /** By how much the challenger's mean absolute error is smaller, as a share of the champion's. */
  readonly difference: Estimate;
  readonly pValue: number;
}

/**
 * Absolute errors of two models of a quantity on the same rows.
 *
 *     d = mean(|eᵃ| − |eᵇ|) / mean |eᵃ|
 *
 * with the interval of the mean of paired differences; the champion's error is taken for exact, so that the bounds are shares of it.
 *
 * @param champion, challenger absolute errors per row, shape `[rows]`, at least 2
 * @returns difference 0 with p 1 where the errors are the same; `Infinity`s where only the champion has none
 *
 * Cost: O(rows).
 * Source: paired t test; Diebold & Mariano, J. Bus. Econ. Stat. 13 (1995) 253–263, for independent rows.
 */
export function pairedErrors(
  champion: ArrayLike<number>,
  challenger: ArrayLike<number>,
  confidence: number,
): PairedErrors {
  const n = champion.length;
  let [sum, base] = [0, 0];
  for (let row = 0; row < n; row += 1) {
    sum += (champion[row] as number) - (challenger[row] as number);
    base += champion[row] as number;
  }
  const mean = sum / n;
  let squares = 0;
  for (let row = 0; row < n; row += 1) squares += ((champion[row] as number) - (challenger[row] as number) - mean) ** 2;
  const error = Math.sqrt(squares / (n - 1) / n);
  const half = normalQuantile((1 + confidence) / 2) * error;
  const scale = base / n;
  const share = (value: number): number => (value === 0 ? 0 : value / scale);
  return {
    difference: { value: share(mean), lower: share(mean - half), upper: share(mean + half) },
    pValue: error === 0 ? Number(mean === 0) : studentTwoSided(mean / error, n - 1),
  };
}
