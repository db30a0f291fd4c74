import { checkOption } from './check-option.ts';
import { checkHistograms, type Histogram } from './histograms.ts';
import { largestCumulativeChange } from './largest-cumulative-change.ts';
import { largestShareChange } from './largest-share-change.ts';

export interface ModelMonitorOptions {
  /** Numeric: sup|F − G| at the points between bins. Category: max|c − r|. */
  readonly kind: 'numeric' | 'category';
  /** The factor c of the correction, ≥ 0; see `deequCAlpha`. @default 1.8 */
  readonly factor?: number;
}

export interface ModelMonitorDistance {
  /** `Simple`: the distance itself, in [0, 1]. */
  readonly simple: number;
  /** `Robust`: what is left of it beyond chance, in [0, simple]. */
  readonly robust: number;
}

/**
 * The two distances of SageMaker Model Monitor's baseline drift check.
 *
 *     simple = L∞        robust = max(0, L∞ − c √((n + m)/(nm)))
 *
 * with n current and m reference rows. Its threshold is 0.1 on whichever of the two `comparison_method` names.
 *
 * @param reference counts per bin (numeric: ascending bins, whose edges are the sketch's points) or category, shape `[bins]`
 * @param current counts per bin or category, same order
 * @param options kind of the column, and the factor
 * @throws `drift.bins_mismatch`, `drift.sample_invalid`, `drift.empty_sample`, `drift.option_invalid`
 *
 * Cost: O(bins).
 * Source: awslabs/deequ, analyzers/Distance.scala; AWS's Model Monitor documentation, `distribution_constraints`.
 */
export function modelMonitorDistance(
  reference: Histogram,
  current: Histogram,
  { kind, factor = 1.8 }: ModelMonitorOptions,
): ModelMonitorDistance {
  checkOption('factor', factor, { holds: factor >= 0, allowed: 'a number ≥ 0' });
  const { referenceTotal: m, currentTotal: n } = checkHistograms(reference, current);
  const simple =
    kind === 'numeric' ? largestCumulativeChange(reference, current) : largestShareChange(reference, current);
  return { simple, robust: Math.max(0, simple - factor * Math.sqrt((n + m) / (n * m))) };
}
