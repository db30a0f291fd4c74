import { checkOption } from './check-option.ts';

/** Evidently's floor, so that a constant reference does not divide by 0. */
const FLOOR = 0.001;

/**
 * A Wasserstein distance in standard deviations of the reference, as Evidently reports it.
 *
 *     W₁ / max(σ, 0.001)
 *
 * Unchanged data score about 0.09 at n = 200, so that its usual threshold 0.1 is noise there.
 *
 * @param distance W₁ ≥ 0
 * @param standardDeviation σ ≥ 0 of the reference with ddof 0: the square root of `Moments.variance`
 * @returns ≥ 0
 * @throws `drift.option_invalid`
 *
 * Cost: O(1).
 * Source: evidentlyai/evidently, `wasserstein_distance_norm`.
 */
export function normalizeWasserstein(distance: number, standardDeviation: number): number {
  checkOption('distance', distance, { holds: distance >= 0, allowed: 'a number ≥ 0' });
  checkOption('standardDeviation', standardDeviation, { holds: standardDeviation >= 0, allowed: 'a number ≥ 0' });
  return distance / Math.max(standardDeviation, FLOOR);
}
