import { chiSquareCritical } from '../distributions/chi-square.ts';
import { checkAlpha } from './check-option.ts';
import { type ComparisonSize, comparisonNoise } from './comparison-size.ts';

/**
 * What PSI exceeds with probability α when nothing has changed.
 *
 *     χ²(k − 1; 1 − α) · (1/n + 1/m)
 *
 * @param size k bins, m reference and n current rows
 * @param alpha in (0, 1)
 * @returns nats, ≥ 0; 0 for one bin
 * @throws `drift.option_invalid` for no bins, no rows or an alpha outside (0, 1)
 *
 * Cost: that of a chi-square quantile, about a hundred evaluations of O(√k).
 * Source: B. Yurdakul, Statistical Properties of Population Stability Index, dissertation, Western Michigan University (2018).
 */
export function criticalPsi(size: ComparisonSize, alpha: number): number {
  checkAlpha(alpha);
  const unit = comparisonNoise(size);
  return chiSquareCritical(alpha, size.bins - 1) * unit;
}
