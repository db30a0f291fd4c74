import type { PooledSamples } from './pool-samples.ts';

/**
 * Energy distance of two samples.
 *
 *     D = √(2 E|X − Y| − E|X − X'| − E|Y − Y'|) = √(2 ∫ (F(x) − G(x))² dx)
 *
 * @param samples both sides
 * @returns ≥ 0, in square roots of the column's unit; 0 exactly for equal distributions
 *
 * Cost: O(points).
 * Source: Székely & Rizzo, J. Stat. Plan. Inference 143 (2013) 1249–1272; SciPy's `energy_distance`.
 */
export function energyDistance({ points, reference, current, referenceSize, currentSize }: PooledSamples): number {
  let area = 0;
  for (let point = 1; point < points.length; point += 1) {
    const width = (points[point] as number) - (points[point - 1] as number);
    const share = (current[point - 1] as number) / currentSize - (reference[point - 1] as number) / referenceSize;
    area += share * share * width;
  }
  return Math.sqrt(2 * area);
}
