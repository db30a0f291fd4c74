const LARGEST_FLOAT32 = 3.4028234663852886e38;

/**
 * Upper edges of the bins of one feature: at most `maxBins − 1` ascending float32 values. A value x lies in bin
 * b = #{edges < x}, so `bin ≤ b ⇔ x ≤ edges[b]`, and a split between bins is the very comparison made when serving.
 *
 * Each edge lies halfway between two neighbouring distinct values: between all of them where there are few, else at
 * evenly spaced ranks. An edge next to an infinity is the largest finite float32, so only infinities fall beyond it.
 *
 * @param sorted values that are not missing, ascending, float32
 * @returns edges; none where there are fewer than two distinct values
 *
 * Cost: O(n).
 * Source: Ke et al., LightGBM, NIPS 2017 (histogram-based splits).
 */
export function binEdges(sorted: Float32Array, maxBins: number): Float32Array {
  const gaps = gapsBetweenValues(sorted);
  const chosen = gaps.length < maxBins ? gaps : gapsAtRanks(sorted, maxBins);
  return Float32Array.from(chosen, (gap) => midpoint(sorted[gap - 1] as number, sorted[gap] as number));
}

/** Positions whose value differs from the one before. */
function gapsBetweenValues(sorted: Float32Array): number[] {
  const gaps: number[] = [];
  for (let i = 1; i < sorted.length; i += 1) if (sorted[i] !== sorted[i - 1]) gaps.push(i);
  return gaps;
}

function gapsAtRanks(sorted: Float32Array, maxBins: number): number[] {
  const chosen: number[] = [];
  for (let part = 1; part < maxBins; part += 1) {
    let gap = Math.max(1, Math.floor((part * sorted.length) / maxBins), chosen.at(-1) ?? 0);
    // A rank in the middle of a run of equal values moves to its end.
    while (gap < sorted.length && sorted[gap] === sorted[gap - 1]) gap += 1;
    if (gap < sorted.length && gap !== chosen.at(-1)) chosen.push(gap);
  }
  return chosen;
}

function midpoint(low: number, high: number): number {
  if (high === Number.POSITIVE_INFINITY) return LARGEST_FLOAT32;
  if (low === Number.NEGATIVE_INFINITY) return high > -LARGEST_FLOAT32 ? -LARGEST_FLOAT32 : low;
  const middle = Math.fround(low / 2 + high / 2);
  // Neighbouring floats have nothing between them, and rounding must not reach the upper one.
  return middle >= low && middle < high ? middle : low;
}
