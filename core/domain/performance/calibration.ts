import { checkLengths, type MetricOptions } from '../training/metrics/scored-rows.ts';

/** Rows whose probability lies in one of ten equal parts of [0, 1]. */
export interface CalibrationBin {
  /** Rows, or the sum of their weights. */
  readonly rows: number;
  /** Mean predicted probability; NaN for no rows. */
  readonly predicted: number;
  /** Share of rows that are 1; NaN for no rows. */
  readonly observed: number;
}

const BINS = 10;

/**
 * The reliability diagram: bin min(⌊10p⌋, 9) of each probability p.
 *
 * @param labels 0 or 1 per row
 * @param probabilities of class 1 per row, in [0, 1]
 * @throws `training.no_rows`, `training.shape_mismatch`
 */
export function calibrationBins(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { weights }: MetricOptions = {},
): CalibrationBin[] {
  checkLengths(labels.length, { scores: probabilities, weights });
  const sums = Array.from({ length: BINS }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  for (let row = 0; row < labels.length; row += 1) {
    const probability = probabilities[row] as number;
    const weight = weights?.[row] ?? 1;
    const bin = sums[Math.min(Math.floor(BINS * probability), BINS - 1)] as (typeof sums)[number];
    bin.rows += weight;
    bin.predicted += weight * probability;
    bin.observed += weight * (labels[row] as number);
  }
  return sums.map(({ rows, predicted, observed }) => ({
    rows,
    predicted: predicted / rows,
    observed: observed / rows,
  }));
}

/**
 * Expected calibration error: Σ_b (n_b/n) |mean p − mean y| over ten equal-width bins.
 *
 * @returns in [0, 1]; about √(Σ_b n_b v_b)/n rather than 0 for a calibrated model, so it is no test by itself: see `checkCalibration`
 *
 * Source: Naeini, Cooper & Hauskrecht, AAAI 2015.
 */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  const filled = bins.filter(({ rows }) => rows > 0);
  const total = filled.reduce((sum, { rows }) => sum + rows, 0);
  return filled.reduce((sum, bin) => sum + (bin.rows / total) * Math.abs(bin.predicted - bin.observed), 0);
}
