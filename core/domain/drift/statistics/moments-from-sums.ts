import { checkNumbers } from './check-numbers.ts';
import { checkCount } from './check-option.ts';
import type { Moments } from './moments.ts';

/**
 * Mean and variance of counted values.
 *
 *     variance = Σx²/n − (Σx/n)²
 *
 * Digits are lost where the mean is large against the standard deviation (all of them at 10⁸ times); never below 0.
 *
 * @throws `drift.option_invalid` for a count that is no integer ≥ 0, `drift.sample_invalid` for sums that are not finite
 *
 * Cost: O(1).
 */
export function momentsFromSums({
  count,
  sum,
  sumSquares,
}: {
  readonly count: number;
  readonly sum: number;
  readonly sumSquares: number;
}): Moments {
  checkCount('count', count);
  checkNumbers('sums', [sum, sumSquares], 'finite');
  const mean = sum / count;
  return { count, mean, variance: Math.max(0, sumSquares / count - mean * mean) };
}
