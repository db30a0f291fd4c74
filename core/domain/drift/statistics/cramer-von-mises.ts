import { cramerVonMisesSurvival } from '../distributions/cramer-von-mises-limit.ts';
import { cramerVonMisesExact } from './cramer-von-mises-exact.ts';
import { checkSizes, type PooledSamples } from './pool-samples.ts';
import type { PValueMethod, TestResult } from './test-result.ts';

/** Up to this many rows in all the exact p takes a few milliseconds. */
const EXACT_ROWS = 20;

/**
 * Two-sample Cramér-von Mises test.
 *
 *     T = U / (nm(n+m)) − (4nm − 1)/(6(n+m)) with U = n Σᵢ (Rᵢ − i)² + m Σⱼ (Sⱼ − j)²
 *
 * for the ranks R and S of both sides in the pooled sample (mid-ranks where values are equal). Looks at the whole distribution function,
 * where Kolmogorov-Smirnov looks at its largest difference.
 *
 * @param samples both sides, each with at least two values
 * @param options.method exact up to 20 rows in all @default 'auto'
 * @returns T, and p = P(T' ≥ T): exact over all orders of distinct values, or by the limit distribution of T standardised by its mean and
 *   variance. With ties the exact p is that of untied values
 * @throws `drift.sample_too_small`
 *
 * Cost: O(points); the exact p up to 10⁵ steps.
 * Source: T. W. Anderson, Ann. Math. Stat. 33 (1962) 1148–1159; SciPy's `cramervonmises_2samp`.
 */
export function cramerVonMises(
  samples: PooledSamples,
  { method = 'auto' }: { readonly method?: PValueMethod } = {},
): TestResult {
  const { referenceSize: m, currentSize: n } = samples;
  checkSizes({ reference: m, current: n }, 2);
  const u = rankSum(samples);
  const pairs = n * m;
  const rows = n + m;
  const statistic = u / (pairs * rows) - (4 * pairs - 1) / (6 * rows);
  const exact = method === 'exact' || (method === 'auto' && rows <= EXACT_ROWS);
  return { statistic, pValue: exact ? cramerVonMisesExact(u, { m, n }) : limitPValue(statistic, { pairs, rows }) };
}

/** U: each side weighs its own size. */
function rankSum({ reference, current, referenceSize, currentSize }: PooledSamples): number {
  let sum = 0;
  for (let point = 0, r = 0, c = 0; point < reference.length; point += 1) {
    const [nextR, nextC] = [reference[point] as number, current[point] as number];
    const rank = (r + c + nextR + nextC + 1) / 2;
    sum += referenceSize * squaresFrom(rank - nextR, nextR - r) + currentSize * squaresFrom(rank - nextC, nextC - c);
    r = nextR;
    c = nextC;
  }
  return sum;
}

/** Σ_{k=0}^{count−1} (first + k)² */
const squaresFrom = (first: number, count: number): number =>
  count * first * first + first * count * (count - 1) + ((count - 1) * count * (2 * count - 1)) / 6;

function limitPValue(statistic: number, { pairs, rows }: { pairs: number; rows: number }): number {
  const mean = (1 + 1 / rows) / 6;
  const variance =
    ((rows + 1) * (4 * pairs * rows - 3 * (rows * rows - 2 * pairs) - 2 * pairs)) / (45 * rows * rows * 4 * pairs);
  return cramerVonMisesSurvival(1 / 6 + (statistic - mean) / Math.sqrt(45 * variance));
}
