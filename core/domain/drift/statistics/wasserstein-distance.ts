import type { PooledSamples } from './pool-samples.ts';

/**
 * Wasserstein-1 distance of two samples: the area between their distribution functions, in the unit of the column.
 *
 *     W₁ = ∫ |F(x) − G(x)| dx
 *
 * @param samples both sides
 * @returns ≥ 0; 0 exactly for equal distributions; |a − b| for two constants; moves with the unit of the column, unlike KS
 *
 * Cost: O(points).
 * Source: S. S. Vallender, Theory of Probability and its Applications 18 (1974) 784–786; SciPy's `wasserstein_distance`.
 */
export function wassersteinDistance({ points, reference, current, referenceSize, currentSize }: PooledSamples): number {
  let area = 0;
  for (let point = 1; point < points.length; point += 1) {
    const width = (points[point] as number) - (points[point - 1] as number);
    const difference = (current[point - 1] as number) * referenceSize - (reference[point - 1] as number) * currentSize;
    area += Math.abs(difference) * width;
  }
  return area / (referenceSize * currentSize);
}
