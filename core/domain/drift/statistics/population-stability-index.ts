import { checkOption } from './check-option.ts';
import { checkHistograms, type Histogram } from './histograms.ts';

/** How an empty bin is kept from an infinite term: either way changes the index, so say which was used. */
export type Smoothing = { readonly pseudoCount?: number } | { readonly shareFloor: number };

/**
 * Population stability index (PSI) between two histograms over the same bins.
 *
 *     PSI = Σᵢ (cᵢ − rᵢ) · ln(cᵢ / rᵢ)
 *
 * where rᵢ and cᵢ are the shares of bin i after `pseudoCount` observations have been added to every bin, or, with `shareFloor`, the plain
 * shares raised to that floor (which then no longer sum to 1; 1e-4 is what other monitors use). The addition pulls a small sample towards
 * uniform, so equal shares of unequal sample sizes score slightly above 0.
 *
 * @param reference counts per bin, shape `[bins]`, numbers ≥ 0
 * @param current counts per bin, shape `[bins]`, same bin edges as `reference`
 * @param smoothing `pseudoCount` ≥ 0, or `shareFloor` in [0, 1) @default { pseudoCount: 0.5 }
 * @returns PSI in nats, ≥ 0; 0 exactly when the smoothed shares are equal; `Infinity` only when nothing is added (0) and one side has an
 *   empty bin that the other has not; a bin that is empty on both sides then adds 0
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`, `drift.option_invalid`
 *
 * Cost: O(bins) time, O(1) extra memory.
 * Source: Jeffreys' divergence; Kullback & Leibler, Ann. Math. Stat. 22 (1951) 79–86.
 */
export function populationStabilityIndex(reference: Histogram, current: Histogram, smoothing: Smoothing = {}): number {
  const { bins, referenceTotal, currentTotal } = checkHistograms(reference, current);
  const { pseudoCount, shareFloor } = readSmoothing(smoothing);
  const added = bins * pseudoCount;
  let sum = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const r = Math.max(((reference[bin] as number) + pseudoCount) / (referenceTotal + added), shareFloor);
    const c = Math.max(((current[bin] as number) + pseudoCount) / (currentTotal + added), shareFloor);
    // Also 0 · ln(0/0), which is 0 in the limit.
    if (r !== c) sum += (c - r) * Math.log(c / r);
  }
  return sum;
}

function readSmoothing(smoothing: Smoothing): { pseudoCount: number; shareFloor: number } {
  const shareFloor = 'shareFloor' in smoothing ? smoothing.shareFloor : 0;
  const pseudoCount = 'shareFloor' in smoothing ? 0 : (smoothing.pseudoCount ?? 0.5);
  checkOption('pseudoCount', pseudoCount, {
    holds: pseudoCount >= 0 && pseudoCount < Number.POSITIVE_INFINITY,
    allowed: 'a finite number ≥ 0',
  });
  checkOption('shareFloor', shareFloor, { holds: shareFloor >= 0 && shareFloor < 1, allowed: 'a number ≥ 0 and < 1' });
  return { pseudoCount, shareFloor };
}
