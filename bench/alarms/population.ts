import { normalQuantile } from './normal.ts';

/** Sizes of the columns of categories; shares fall with the rank (Zipf), and the last is a merchant-like column. */
export const CATEGORY_SIZES = [2, 4, 8, 12, 50, 200] as const;
export const NUMBERS = 24;
/** Column of the score, after the features; whether a row is flagged follows from it. */
export const SCORE = NUMBERS + CATEGORY_SIZES.length;
export const LATENTS = SCORE + 1;
export const FLAGGED_ABOVE = 2.8;
export const FRAUD_RATE = 0.01;
/** Features that are higher by one sd in fraud, and where a fraud's score lies. */
export const FRAUD_FEATURES: readonly number[] = [8, 9, 10, 11];
export const FRAUD_SCORE = { mean: 3.2, sd: 0.5 };
/** Share of rows without a value, by feature. */
export const MISSING: ReadonlyMap<number, number> = new Map([
  [0, 0.005],
  [1, 0.02],
  [2, 0.1],
  [3, 0.3],
  [NUMBERS + 2, 0.01],
]);
/** Features whose level goes up and down with the hour, in the seasonal regimes. */
export const SEASONAL_FEATURES: readonly number[] = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19];

/** Share of the common factor in each latent: rank correlations of features lie between 0.04 and 0.5. */
export const LOADINGS: readonly number[] = Array.from({ length: LATENTS }, (_, i) => 0.2 + (0.5 * ((i * 7) % 11)) / 10);

/** Upper limits of the categories' intervals of the latent. */
export const CATEGORY_LIMITS: readonly (readonly number[])[] = CATEGORY_SIZES.map((size) => {
  const weights = Array.from({ length: size }, (_, i) => 1 / (i + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  return weights.slice(0, -1).map((weight) => {
    below += weight / total;
    return normalQuantile(below);
  });
});
export const categoryShare = (size: number, rank: number): number =>
  1 / (rank + 1) / Array.from({ length: size }, (_, i) => 1 / (i + 1)).reduce((sum, weight) => sum + weight, 0);
