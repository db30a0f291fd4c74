import type { Tree } from './tree.ts';

/**
 * Rounds base scores and leaves to multiples of a power of two, so coarse that every sum of them is exact in float32.
 *
 *     step = 2^(⌈log₂ B⌉ − 23),  B = |base| + Σ over trees of max |leaf|
 *
 * A runtime may then add the trees in any order, on any number of threads and for any batch size, and always gets the
 * same score, bit for bit. Without this, a row's answer depends in its last digits on the rows that happen to be beside it.
 * The rounding changes a raw score by at most (trees + 1) · step / 2: 6·10⁻⁵ for 100 trees and B = 8.
 */
export function withExactSums(
  base: Float64Array,
  trees: readonly (readonly Tree[])[],
): { base: Float32Array; trees: readonly (readonly Tree[])[] } {
  const steps = Array.from(base, (value, output) =>
    stepFor(
      value,
      trees.map((iteration) => iteration[output] as Tree),
    ),
  );
  return {
    base: Float32Array.from(base, (value, output) => roundTo(value, steps[output] as number)),
    trees: trees.map((iteration) =>
      iteration.map((tree, output) => ({
        ...tree,
        value: tree.value.map((value) => roundTo(value, steps[output] as number)),
      })),
    ),
  };
}

function stepFor(base: number, trees: readonly Tree[]): number {
  const bound = trees.reduce(
    (sum, { value }) => sum + value.reduce((largest, leaf) => Math.max(largest, Math.abs(leaf)), 0),
    Math.abs(base),
  );
  // Below 2⁻¹⁰⁰ a step would leave float32's normal range.
  return 2 ** (Math.ceil(Math.log2(Math.max(bound, 2 ** -77))) - 23);
}

const roundTo = (value: number, step: number): number => Math.round(value / step) * step;
