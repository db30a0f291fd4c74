import type { FeatureMatrix } from '../feature-matrix.ts';

/** How features are brought to one scale, in float32: z = clip((x − mean) · inverseScale, ±LARGEST_Z), missing → 0. */
export interface Standardisation {
  readonly mean: Float32Array;
  /** 1 / standard deviation; 0 for a feature that is constant, so that it says nothing. */
  readonly inverseScale: Float32Array;
}

/**
 * Standard deviations from the mean beyond which a value counts as being there. It gives infinities a finite score;
 * of n training rows none is farther out than √n, so only values out of all experience are moved.
 */
export const LARGEST_Z = 100;

/**
 * Mean and standard deviation (ddof 0) of each feature over the values that are finite, weighted.
 * A feature without any has mean 0 and says nothing.
 *
 * Cost: two passes, so that large means do not cancel the deviation.
 */
export function fitStandardisation(matrix: FeatureMatrix, weights: Float64Array): Standardisation {
  const mean = finiteMeans(matrix, { weights, of: (value) => value });
  const center = Float32Array.from(mean);
  const variance = finiteMeans(matrix, { weights, of: (value, feature) => (value - (mean[feature] as number)) ** 2 });
  // A spread within float32's rounding of the mean is no spread.
  const inverseScale = Float32Array.from(variance, (value, feature) => {
    const deviation = Math.sqrt(value);
    return deviation > Math.abs(mean[feature] as number) * 1e-7 ? Math.min(1 / deviation, 1e30) : 0;
  });
  return { mean: center, inverseScale };
}

function finiteMeans(
  { values, rowCount, featureCount }: FeatureMatrix,
  { weights, of }: { weights: Float64Array; of: (value: number, feature: number) => number },
): Float64Array {
  const sums = new Float64Array(featureCount);
  const totals = new Float64Array(featureCount);
  for (let row = 0; row < rowCount; row += 1) {
    const weight = weights[row] as number;
    for (let feature = 0; feature < featureCount; feature += 1) {
      const value = values[row * featureCount + feature] as number;
      if (!Number.isFinite(value)) continue;
      sums[feature] = (sums[feature] as number) + weight * of(value, feature);
      totals[feature] = (totals[feature] as number) + weight;
    }
  }
  return sums.map((sum, feature) => (totals[feature] === 0 ? 0 : sum / (totals[feature] as number)));
}

/** @returns z-scores `[N, F]`, computed in float32 step by step as the exported graph does */
export function standardise(
  { values, featureCount }: FeatureMatrix,
  { mean, inverseScale }: Standardisation,
): Float32Array {
  const scores = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const feature = i % featureCount;
    const centered = Math.fround((values[i] as number) - (mean[feature] as number));
    const z = Math.fround(centered * (inverseScale[feature] as number));
    scores[i] = Number.isNaN(z) ? 0 : Math.min(Math.max(z, -LARGEST_Z), LARGEST_Z);
  }
  return scores;
}
