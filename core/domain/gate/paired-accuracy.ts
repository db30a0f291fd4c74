import { normalQuantile } from '../drift/distributions/normal-quantile.ts';
import { type Discordant, mcnemarTest } from '../drift/statistics/mcnemar-test.ts';
import type { Estimate } from '../performance/estimate.ts';

export interface PairedAccuracy {
  /** Accuracy of the challenger less the champion's, on the same rows. */
  readonly difference: Estimate;
  /** McNemar's, two-sided, of no difference. */
  readonly pValue: number;
}

/**
 * Accuracy of two models on the same rows: only rows on which one alone is right tell them apart.
 *
 *     d = (c − b) / n,   interval around (c − b) / (n + 2) with √((b + c + 1) − (c − b)² / (n + 2)) / (n + 2)
 *
 * for b and c rows that only the champion and only the challenger gets right: Wald's interval with half a row added to each cell of the 2 × 2
 * table, whose coverage holds down to few discordant rows.
 *
 * @param rows n ≥ b + c
 * @param confidence in (0, 1)
 * @returns difference in [−1, 1]
 *
 * Cost: O(√(b + c)).
 * Source: Agresti & Min, Stat. Med. 24 (2005) 729–740; McNemar, Psychometrika 12 (1947) 153–157.
 */
export function pairedAccuracy(discordant: Discordant, rows: number, confidence: number): PairedAccuracy {
  const { onlyFirst: b, onlySecond: c } = discordant;
  const n = rows + 2;
  const middle = (c - b) / n;
  const half = (normalQuantile((1 + confidence) / 2) * Math.sqrt(b + c + 1 - (c - b) ** 2 / n)) / n;
  return {
    difference: { value: (c - b) / rows, lower: Math.max(-1, middle - half), upper: Math.min(1, middle + half) },
    pValue: mcnemarTest(discordant).pValue,
  };
}
