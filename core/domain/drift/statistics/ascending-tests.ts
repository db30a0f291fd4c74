import { checkNumbers } from './check-numbers.ts';

/** Indices of the tests, smallest p first. @throws `drift.sample_invalid` for a p outside [0, 1] */
export function ascendingTests(pValues: ArrayLike<number>): number[] {
  checkNumbers('pValues', pValues, 'share');
  return Array.from(pValues, (_, test) => test).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
}
