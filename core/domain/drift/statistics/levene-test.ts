import { fSurvival } from '../distributions/f-distribution.ts';
import { type Moments, momentsOf } from './moments.ts';
import { checkSizes } from './pool-samples.ts';
import type { SortedSample } from './sort-sample.ts';
import type { TestResult } from './test-result.ts';

export interface LeveneOptions {
  /** What distances are taken from. `median` (Brown-Forsythe) keeps its level for skewed columns. @default 'median' */
  readonly centre?: 'median' | 'mean';
}

/**
 * Levene's test of equal variances: an analysis of variance of the distances from the centre.
 *
 *     W = (N − 2) Σ_g n_g (z̄_g − z̄)² / Σ_g Σᵢ (z_gi − z̄_g)² with z = |x − centre of its side|
 *
 * @param reference at least two finite values
 * @param current at least two finite values
 * @param options.centre @default 'median'
 * @returns W ≥ 0 and p of F(1, N − 2); where no distance varies within its side: W = 0 and p = 1 if the sides agree, else ∞ and 0
 * @throws `drift.sample_too_small`
 *
 * Cost: O(n + m).
 * Source: H. Levene, in Contributions to Probability and Statistics (1960) 278–292; Brown & Forsythe, J. Am. Stat. Assoc. 69 (1974)
 *   364–367; SciPy's `levene`.
 */
export function leveneTest(
  reference: SortedSample,
  current: SortedSample,
  { centre = 'median' }: LeveneOptions = {},
): TestResult {
  checkSizes({ reference: reference.values.length, current: current.values.length }, 2);
  const r = distances(reference, centre);
  const c = distances(current, centre);
  // For two groups the sum between them is one product.
  const between = ((r.count * c.count) / (r.count + c.count)) * (c.mean - r.mean) ** 2;
  const within = r.count * r.variance + c.count * c.variance;
  const denominator = r.count + c.count - 2;
  const statistic = between === 0 ? 0 : (denominator * between) / within;
  return { statistic, pValue: fSurvival(statistic, { numerator: 1, denominator }) };
}

function distances(sample: SortedSample, centre: 'median' | 'mean'): Moments {
  const from = centre === 'median' ? medianOf(sample.values) : momentsOf(sample).mean;
  return momentsOf({ values: sample.values.map((value) => Math.abs(value - from)) });
}

/** Of sorted values. */
function medianOf(values: Float64Array): number {
  const low = values[(values.length - 1) >>> 1] as number;
  const high = values[values.length >>> 1] as number;
  return low + (high - low) / 2;
}
