/**
 * Exact p of a two-sample Kolmogorov-Smirnov distance without ties.
 *
 * Rows in order are a path from (0, 0) to (m, n). With U(i, j) the probability that a random path has been at |i/m − j/n| ≥ D by (i, j),
 *
 *     U(i, j) = 1 where |i/m − j/n| ≥ D, else (i · U(i − 1, j) + j · U(i, j − 1)) / (i + j)        p = U(m, n)
 *
 * Nothing is subtracted: a p of 1e-200 has its digits.
 *
 * @param distance D in [0, 1]
 * @param sizes rows of both sides, integers ≥ 1
 * @returns in (0, 1]; 1 for D = 0
 *
 * Cost: O(n·m) time, O(min(n, m)) memory.
 * Source: J. L. Hodges, Arkiv för Matematik 3 (1958) 469–486 (the lattice paths); as SciPy's `ks_2samp(method="exact")`.
 */
export function kolmogorovSmirnovExact(
  distance: number,
  { reference, current }: { readonly reference: number; readonly current: number },
): number {
  const [m, n] = [Math.max(reference, current), Math.min(reference, current)];
  // In units of 1/(nm) every distance is an integer.
  const limit = Math.round(distance * m * n);
  if (limit === 0) return 1;
  const outside = new Float64Array(n + 1);
  for (let i = 0; i <= m; i += 1) {
    for (let j = 0; j <= n; j += 1) outside[j] = nextOutside(outside, { i, j, gap: Math.abs(i * n - j * m), limit });
  }
  return outside[n] as number;
}

function nextOutside(
  outside: Float64Array,
  { i, j, gap, limit }: { i: number; j: number; gap: number; limit: number },
): number {
  if (gap >= limit) return 1;
  // The start, which is inside and has nothing before it.
  if (i + j === 0) return 0;
  const byReference = i === 0 ? 0 : i * (outside[j] as number);
  const byCurrent = j === 0 ? 0 : j * (outside[j - 1] as number);
  return (byReference + byCurrent) / (i + j);
}
