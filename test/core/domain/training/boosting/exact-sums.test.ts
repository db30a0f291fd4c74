import { describe, expect, it } from 'vitest';
import { withExactSums } from '../../../../../core/domain/training/boosting/exact-sums.ts';
import { createRandom } from '../../../../../core/domain/training/random.ts';

const leafTree = (values: readonly number[]) => ({
  feature: Int32Array.from(values, () => -1),
  threshold: new Float32Array(values.length),
  missingLeft: new Uint8Array(values.length),
  left: new Int32Array(values.length),
  right: new Int32Array(values.length),
  value: Float32Array.from(values),
});

describe('leaves rounded for exact sums', () => {
  it.each([1, 1e-6, 1e6])('give the same float32 sum in any order, at the scale %d', (scale) => {
    const random = createRandom(11);
    const draw = () => (random.uniform() - 0.5) * scale;
    const { base, trees } = withExactSums(
      Float64Array.of(-3.3 * scale),
      Array.from({ length: 200 }, () => [leafTree([draw()])]),
    );
    const terms = [base[0]!, ...trees.map(([tree]) => tree!.value[0]!)];
    const float32Sum = (values: readonly number[]) => values.reduce((sum, value) => Math.fround(sum + value), 0);
    const exact = terms.reduce((sum, value) => sum + value, 0);
    for (const order of [terms, terms.toReversed(), terms.toSorted((a, b) => a - b)])
      expect(float32Sum(order)).toBe(exact);
  });

  it('move a score by no more than the promised bound', () => {
    const random = createRandom(12);
    const leaves = Array.from({ length: 100 }, () => Math.fround((random.uniform() - 0.5) / 10));
    const { base, trees } = withExactSums(
      Float64Array.of(2.7),
      leaves.map((leaf) => [leafTree([leaf])]),
    );
    const rounded = base[0]! + trees.reduce((sum, [tree]) => sum + tree!.value[0]!, 0);
    const given = 2.7 + leaves.reduce((sum, leaf) => sum + leaf, 0);
    expect(Math.abs(rounded - given)).toBeLessThanOrEqual((101 * 2 ** (3 - 23)) / 2);
  });

  it('keep an ensemble of zeros', () => {
    const { base, trees } = withExactSums(Float64Array.of(0), [[leafTree([0])]]);
    expect([base[0], trees[0]?.[0]?.value[0]]).toEqual([0, 0]);
  });
});
