import { checkCount } from './check-option.ts';

/** The size of a comparison of two histograms. */
export interface ComparisonSize {
  /** Bins that either side can fall into, ≥ 1. */
  readonly bins: number;
  readonly referenceRows: number;
  readonly currentRows: number;
}

/** (1/n + 1/m). @throws `drift.option_invalid` for no bins or no rows */
export function comparisonNoise({ bins, referenceRows, currentRows }: ComparisonSize): number {
  checkCount('bins', bins, 1);
  checkCount('referenceRows', referenceRows, 1);
  checkCount('currentRows', currentRows, 1);
  return 1 / currentRows + 1 / referenceRows;
}
