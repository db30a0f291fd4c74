import { checkAlpha } from './check-option.ts';

/**
 * Deequ's c(α): the factor of √((n + m)/(nm)) that a two-sample Kolmogorov-Smirnov distance exceeds with probability about α.
 *
 *     c(α) = √(−½ ln(α / 2))
 *
 * Deequ's default, 1.8, is c(0.003) rounded.
 *
 * @param alpha in (0, 1)
 * @returns > 0.58
 * @throws `drift.option_invalid`
 *
 * Cost: O(1).
 * Source: awslabs/deequ, analyzers/Distance.scala; the first term of Kolmogorov's series, 2e^{−2c²} = α.
 */
export function deequCAlpha(alpha: number): number {
  checkAlpha(alpha);
  return Math.sqrt(-0.5 * Math.log(alpha / 2));
}
