import { kolmogorovSmirnovPValue } from './kolmogorov-smirnov-p-value.ts';
import type { PooledSamples } from './pool-samples.ts';
import type { PValueMethod, TestResult } from './test-result.ts';

/**
 * Two-sample Kolmogorov-Smirnov test.
 *
 *     D = sup_x |F(x) − G(x)|
 *
 * for the empirical distribution functions of both sides. p is P(D' ≥ D) over all orders of the pooled rows, exact up to n·m = 10⁶ (`auto`),
 * else Kolmogorov's limit of √(nm/(n+m)) · D. With ties both are too large, never too small.
 *
 * @param samples both sides
 * @param options.method @default 'auto'
 * @returns D in [0, 1] and p in [0, 1]; D = 0 has p = 1; unchanged by any increasing map of both sides
 *
 * Cost: O(points); the exact p O(n·m) time and O(min(n, m)) memory.
 * Source: N. Smirnov, Ann. Math. Stat. 19 (1948) 279–281; J. L. Hodges, Arkiv för Matematik 3 (1958) 469–486; SciPy's `ks_2samp`.
 */
export function kolmogorovSmirnov(
  samples: PooledSamples,
  { method = 'auto' }: { readonly method?: PValueMethod } = {},
): TestResult {
  const { reference, current, referenceSize: m, currentSize: n } = samples;
  let largest = 0;
  for (let point = 0; point < reference.length; point += 1) {
    const change = Math.abs((current[point] as number) * m - (reference[point] as number) * n);
    if (change > largest) largest = change;
  }
  const statistic = largest / (n * m);
  return { statistic, pValue: kolmogorovSmirnovPValue(statistic, { sizes: { reference: m, current: n }, method }) };
}
