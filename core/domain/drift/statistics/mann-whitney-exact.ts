/**
 * Exact two-sided p of the Mann-Whitney statistic without ties.
 *
 * The number of orders with each U are the coefficients of the Gaussian binomial Πᵢ (1 − q^{m+i})/(1 − qⁱ), i = 1 … n, built factor by
 * factor in integers.
 *
 * @param upper the larger of U and nm − U
 * @param sizes rows of both sides, at most 50 in all: beyond, the integers are no longer exact
 * @returns min(1, 2 P(U' ≥ upper))
 *
 * Cost: O(n²m).
 * Source: Mann & Whitney, Ann. Math. Stat. 18 (1947) 50–60.
 */
export function mannWhitneyExact(upper: number, { m, n }: { readonly m: number; readonly n: number }): number {
  const orders = new Float64Array(n * m + 1);
  orders[0] = 1;
  for (let i = 1; i <= n; i += 1) {
    for (let u = n * m; u >= m + i; u -= 1) orders[u] = (orders[u] as number) - (orders[u - m - i] as number);
    for (let u = i; u <= n * m; u += 1) orders[u] = (orders[u] as number) + (orders[u - i] as number);
  }
  const count = (from: number): number => orders.subarray(from).reduce((sum, ways) => sum + ways, 0);
  return Math.min(1, (2 * count(upper)) / count(0));
}
