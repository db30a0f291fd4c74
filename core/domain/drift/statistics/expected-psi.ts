import { type ComparisonSize, comparisonNoise } from './comparison-size.ts';

/**
 * What PSI amounts to, on average, when nothing has changed.
 *
 *     E = (k − 1)(1/n + 1/m)
 *
 * for k bins, n current and m reference rows: 200 categories at n = 200 score 1.0 from noise alone. A first-order result: it holds where
 * bins expect several rows each.
 *
 * @returns nats, ≥ 0; 0 for one bin
 * @throws `drift.option_invalid` for no bins or no rows
 *
 * Cost: O(1).
 * Source: B. Yurdakul, Statistical Properties of Population Stability Index, dissertation, Western Michigan University (2018).
 */
export function expectedPsi(size: ComparisonSize): number {
  return (size.bins - 1) * comparisonNoise(size);
}
