import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conformalMaximum } from '../../../../../core/domain/drift/verdict/conformal-maximum.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';

const one = { floors: [0], twoSided: [false] };

/** Correlated channels with long tails, one of them constant. */
function members(seed: number, count: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const shared = random.uniform();
    return [1 / (0.05 + random.uniform()), shared + random.uniform(), shared ** 8, 3];
  });
}
const options = { floors: [0, 0, 0.01, 0], twoSided: [false, true, false, false] };

describe('conformal maximum', () => {
  it('is 1/(H+1) for a window beyond all history, and 1 for one below it', () => {
    expect(conformalMaximum([[1], [2], [3]], [9], one).p).toBe(1 / 4);
    expect(conformalMaximum([[1], [2], [3]], [0], one).p).toBe(1);
  });

  it('counts a history window that is as unusual against the tested one', () => {
    expect(conformalMaximum([[1], [9], [3]], [9], one).p).toBe(2 / 4);
  });

  it('takes mean and standard deviation over history and window together', () => {
    // B = 0, 0, 0, 4: mean 1, sd √3.
    const { z, largestOfHistory } = conformalMaximum([[0], [0], [0]], [4], one);
    expect(z[0]).toBeCloseTo(Math.sqrt(3), 12);
    expect(largestOfHistory).toBeCloseTo(-1 / Math.sqrt(3), 12);
  });

  it('names the channel of the largest z', () => {
    const history = [
      [1, 5],
      [2, 6],
      [3, 7],
    ];
    expect(conformalMaximum(history, [2, 9], { floors: [0, 0], twoSided: [false, false] }).channel).toBe(1);
    expect(conformalMaximum(history, [9, 6], { floors: [0, 0], twoSided: [false, false] }).channel).toBe(0);
  });

  it('divides by the floor where history hardly varies', () => {
    expect(conformalMaximum([[0], [0], [0]], [4], { ...one, floors: [10] }).z[0]).toBeCloseTo(0.3, 12);
  });

  it('is 0 where both standard deviation and floor are 0', () => {
    expect(conformalMaximum([[3], [3]], [3], one)).toMatchObject({ p: 1, z: [0] });
  });

  it('sees a fall only where a channel is two-sided', () => {
    const history = [[5], [6], [7], [5.5]];
    expect(conformalMaximum(history, [-20], one).p).toBe(1);
    expect(conformalMaximum(history, [-20], { ...one, twoSided: [true] }).p).toBe(1 / 5);
  });

  it('adjusts the p-value of every channel for the maximum over all', () => {
    const { pOf, z, p, largestOfHistory } = conformalMaximum(members(1, 60), [3, 1, 0.2, 3], options);
    expect(pOf(Math.max(...z))).toBe(p);
    expect(pOf(largestOfHistory)).toBe(2 / 61);
    expect(pOf(largestOfHistory + 1e-9)).toBe(1 / 61);
    expect(pOf(-1)).toBe(1);
  });

  it('gives at most k of any set of windows a p-value of k/|B|, which is what makes it exact under exchangeability', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 25 }), (seed, size) => {
        const all = members(seed, size);
        const ps = all.map((window, i) => conformalMaximum(all.toSpliced(i, 1), window, options).p);
        for (let k = 1; k <= size; k += 1) {
          expect(ps.filter((p) => p <= k / size + 1e-12).length).toBeLessThanOrEqual(k);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has a uniform rank where history and window are drawn alike', () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 5000; seed += 1) {
      const all = members(seed, 10);
      const { p } = conformalMaximum(all.slice(1), all[0] as number[], options);
      const rank = Math.round(p * 10) - 1;
      counts[rank] = (counts[rank] as number) + 1;
    }
    // Five standard deviations of a binomial count around 500.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(5 * Math.sqrt(450));
  });
});
