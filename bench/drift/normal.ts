import type { Random } from '../../core/domain/training/random.ts';

/** A draw of the standard normal distribution (Box and Muller), no two alike. */
export const normal = (random: Pick<Random, 'uniform'>): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
