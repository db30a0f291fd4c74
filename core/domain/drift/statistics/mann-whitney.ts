import { normalSurvival } from '../distributions/normal.ts';
import { mannWhitneyExact } from './mann-whitney-exact.ts';
import type { PooledSamples } from './pool-samples.ts';
import type { PValueMethod, TestResult } from './test-result.ts';

/** Up to this many rows in all the number of orders is an exact double. */
const EXACT_ROWS = 50;

export interface MannWhitneyResult extends TestResult {
  /** Probability that a current value exceeds a reference value, ties counting half: U/(nm), in [0, 1]; 0.5 for no change of location. */
  readonly superiority: number;
}

/**
 * Mann-Whitney test of location, two-sided.
 *
 *     U = #{(i, j): cᵢ > rⱼ} + ½ #{(i, j): cᵢ = rⱼ}
 *
 * p by the normal distribution with the variance corrected for ties and a continuity correction of ½, or exact over all orders where no
 * values are equal and there are at most 50 rows in all (`auto`).
 *
 * @param samples both sides
 * @param options.method `exact` takes at most 50 rows without ties and falls back to the normal otherwise @default 'auto'
 * @returns U in [0, nm], p in [0, 1]; all values equal: p = 1
 *
 * Cost: O(points); the exact p O(n²m).
 * Source: Mann & Whitney, Ann. Math. Stat. 18 (1947) 50–60; SciPy's `mannwhitneyu`.
 */
export function mannWhitney(
  samples: PooledSamples,
  { method = 'auto' }: { readonly method?: PValueMethod } = {},
): MannWhitneyResult {
  const { reference, current, referenceSize: m, currentSize: n } = samples;
  let statistic = 0;
  let ties = 0;
  for (let point = 0, r = 0, c = 0; point < reference.length; point += 1) {
    const equal = (reference[point] as number) - r;
    const added = (current[point] as number) - c;
    statistic += added * (r + equal / 2);
    ties += (equal + added) ** 3 - (equal + added);
    r += equal;
    c += added;
  }
  const superiority = statistic / (n * m);
  const exact = method !== 'asymptotic' && ties === 0 && n + m <= EXACT_ROWS;
  const upper = Math.max(statistic, n * m - statistic);
  const pValue = exact ? mannWhitneyExact(upper, { m, n }) : normalPValue(upper, { m, n, ties });
  return { statistic, superiority, pValue };
}

function normalPValue(upper: number, { m, n, ties }: { m: number; n: number; ties: number }): number {
  const rows = n + m;
  const variance = ((n * m) / 12) * (rows + 1 - ties / (rows * (rows - 1)));
  if (!(variance > 0)) return 1;
  return Math.min(1, 2 * normalSurvival((upper - (n * m) / 2 - 0.5) / Math.sqrt(variance)));
}
