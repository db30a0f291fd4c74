/**
 * Edges of quantile bins: the interior quantiles i/bins, 0 < i < bins, without repetition.
 *
 *     q(p) = x⌊h⌋ + (h − ⌊h⌋)(x⌊h⌋₊₁ − x⌊h⌋),   h = p(n − 1)
 *
 * Bins are lower-inclusive: bin i holds edges[i−1] ≤ x < edges[i]. Where many values are equal there are fewer bins than asked for.
 *
 * @param sorted n ≥ 1 finite values, ascending
 * @param bins ≥ 1
 * @returns at most `bins` − 1 edges, ascending; none where there are no values
 *
 * Cost: O(bins).
 * Source: Hyndman & Fan, Am. Statistician 50 (1996) 361–365, definition 7; numpy's default.
 */
export function quantileEdges(sorted: ArrayLike<number>, bins: number): number[] {
  const edges: number[] = [];
  if (sorted.length === 0) return edges;
  for (let i = 1; i < bins; i += 1) {
    const edge = quantile(sorted, i / bins);
    if (edges.length === 0 || edge > (edges.at(-1) as number)) edges.push(edge);
  }
  return edges;
}

function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const index = Math.floor(place);
  const low = sorted[index] as number;
  const high = sorted[Math.min(index + 1, sorted.length - 1)] as number;
  const t = place - index;
  // From whichever side is nearer, as numpy does, so that both give the same last bit.
  const between = t < 0.5 ? low + t * (high - low) : high - (1 - t) * (high - low);
  // Of numbers near the largest the difference overflows.
  if (!Number.isFinite(high - low)) return low * (1 - t) + high * t;
  return Math.min(Math.max(between, low), high);
}
