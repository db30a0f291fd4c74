import { binomialDensity } from './binomial-density.ts';

/** An urn from which `drawn` balls are taken without putting any back. */
export interface Hypergeometric {
  readonly white: number;
  readonly black: number;
  readonly drawn: number;
}

/**
 * P(X = k): the probability of k white balls among those drawn.
 *
 *     C(w, k) C(b, d − k) / C(w + b, d)
 *
 * as a ratio of three binomial probabilities, which keeps its digits where the coefficients overflow.
 *
 * @param k an integer
 * @returns in [0, 1]; 0 outside the support [max(0, d − b), min(d, w)]; relative error below 1e-10
 *
 * Cost: O(1).
 * Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
 */
export function hypergeometricProbability(k: number, { white, black, drawn }: Hypergeometric): number {
  if (k < Math.max(0, drawn - black) || k > Math.min(drawn, white)) return 0;
  const total = white + black;
  if (total === 0) return 1;
  const at = { x: drawn / total, y: (total - drawn) / total };
  return (
    (binomialDensity({ successes: k, failures: white - k }, at) *
      binomialDensity({ successes: drawn - k, failures: black - drawn + k }, at)) /
    binomialDensity({ successes: drawn, failures: total - drawn }, at)
  );
}
