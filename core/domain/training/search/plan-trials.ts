import { checkNumber, checkSeed } from '../check-option.ts';
import { createRandom, type Random } from '../random.ts';
import { checkSearchSpace, type SearchSpace, valueAt } from './search-space.ts';

/** One setting to train. It says all that its training needs, so that trials can run anywhere, in any order. */
export interface Trial {
  /** From 0. */
  readonly trial: number;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

const LARGEST_COUNT = 1000;

/**
 * Settings of a seeded search, by Latin hypercube sampling: of `count` equal slices of each dimension every trial takes
 * another one, so that few trials still cover each hyperparameter from end to end.
 *
 * All trials have the same seed: what differs between them is the setting and not the luck.
 *
 * @param options.count trials, 1 to 1,000
 * @returns equal for equal arguments; the order of the space's names does not matter
 * @throws `training.option_invalid` for a space, count or seed that cannot be searched
 *
 * Cost: O(count · dimensions).
 * Source: McKay, Beckman & Conover, Technometrics 21 (1979) 239–245.
 */
export function planTrials(space: SearchSpace, { count, seed }: { count: number; seed: number }): Trial[] {
  checkSearchSpace(space);
  checkNumber('count', count, { atLeast: 1, atMost: LARGEST_COUNT, integer: true });
  checkSeed(seed);
  const random = createRandom(seed);
  const columns = Object.entries(space)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, dimension]) => ({
      name,
      values: permutation(count, random).map((slice) => valueAt(dimension, (slice + random.uniform()) / count)),
    }));
  return Array.from({ length: count }, (_, trial) => ({
    trial,
    hyperparameters: Object.fromEntries(columns.map(({ name, values }) => [name, values[trial]])),
    seed,
  }));
}

/** Fisher-Yates. */
function permutation(count: number, random: Random): number[] {
  const places = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    [places[i], places[j]] = [places[j] as number, places[i] as number];
  }
  return places;
}
