import type { Random } from '../../core/domain/training/random.ts';

/** A draw from the normal distribution, by the polar method of Box and Muller as Marsaglia gave it. */
export function normal(random: Random, mean: number, deviation: number): number {
  for (;;) {
    const u = 2 * random.uniform() - 1;
    const v = 2 * random.uniform() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return mean + deviation * u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** A draw from the Poisson distribution, by Knuth's product of uniforms: quick for the small means used here. */
export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let product = random.uniform();
  let count = 0;
  while (product > limit) {
    product *= random.uniform();
    count += 1;
  }
  return count;
}

export const uniformBetween = (random: Random, low: number, high: number): number =>
  low + (high - low) * random.uniform();

export const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)] as T;
