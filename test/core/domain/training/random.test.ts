import { describe, expect, it } from 'vitest';
import { createRandom, xoshiro128 } from '../../../../core/domain/training/random.ts';

describe('random', () => {
  it('gives the published first outputs of xoshiro128** from the state 1, 2, 3, 4', () => {
    const random = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 10 }, () => random.uint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('gives the same stream for the same seed and another one for the next seed, also beyond 32 bits', () => {
    const first = (seed: number) => createRandom(seed).uint32();
    expect(first(7)).toBe(first(7));
    expect(new Set([0, 1, 2, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER].map(first)).size).toBe(6);
  });

  it('draws uniforms in [0, 1) with the mean and variance of the uniform distribution', () => {
    const random = createRandom(3);
    const draws = Array.from({ length: 20_000 }, () => random.uniform());
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length;
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    // Four standard errors: 4 · √(1/12 / 20,000).
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.0082);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.0022);
  });

  it('draws every integer below a bound about equally often, and nothing else', () => {
    const random = createRandom(5);
    const counts = new Map<number, number>();
    for (let i = 0; i < 6000; i += 1) {
      const value = random.below(6);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(20.5); // χ²(5) at 0.999
  });
});
