import { kolmogorovSurvival } from '../distributions/kolmogorov.ts';
import { kolmogorovSmirnovExact } from './kolmogorov-smirnov-exact.ts';
import type { PValueMethod } from './test-result.ts';

/** Up to this many pairs of rows the exact p takes a few milliseconds. */
const EXACT_PAIRS = 1_000_000;

interface Sizes {
  readonly reference: number;
  readonly current: number;
}

/**
 * p of a two-sample Kolmogorov-Smirnov distance: exact up to n·m = 10⁶ (`auto`), else Kolmogorov's limit of √(nm/(n+m)) · D.
 *
 * @param distance D in [0, 1]
 * @param options rows of both sides, and the method
 * @returns in [0, 1]
 *
 * Cost: O(n·m) exact, else O(1).
 */
export function kolmogorovSmirnovPValue(
  distance: number,
  { sizes, method }: { readonly sizes: Sizes; readonly method: PValueMethod },
): number {
  const { reference: m, current: n } = sizes;
  if (method === 'exact' || (method === 'auto' && n * m <= EXACT_PAIRS)) return kolmogorovSmirnovExact(distance, sizes);
  return kolmogorovSurvival(Math.sqrt((n * m) / (n + m)) * distance);
}
