import { divide } from './divide.ts';

/**
 * Conditional demographic disparity: within each stratum, d's share of the rejected less d's share of the accepted; averaged by the size of
 * the strata. It sees through Simpson's paradox, where d applies to what rejects everybody.
 *
 *     CDD = (1/n) Σᵢ nᵢ · DDᵢ,  DD = n_d⁽⁰⁾/n⁽⁰⁾ − n_d⁽¹⁾/n⁽¹⁾
 *
 * @param accepted 1 per row with the favourable outcome, by label (CDDL) or by prediction (CDDPL)
 * @returns in [−1, 1]; positive: d is more often among the rejected than among the accepted
 *
 * Cost: O(n).
 * Source: Wachter, Mittelstadt & Russell, "Why fairness cannot be automated", SSRN 3547922 (2020); AWS,
 * docs.aws.amazon.com/sagemaker/latest/dg/clarify-data-bias-metric-cddl.html.
 */
export function demographicDisparity(
  accepted: ArrayLike<number>,
  disadvantaged: ArrayLike<number>,
  { weights, groups }: { weights: ArrayLike<number>; groups?: ArrayLike<string | number> | undefined },
): number {
  const strata = new Map<string | number, { all: [number, number]; d: [number, number] }>();
  for (let row = 0; row < accepted.length; row += 1) {
    const group = groups?.[row] ?? '';
    const stratum = strata.get(group) ?? { all: [0, 0], d: [0, 0] };
    strata.set(group, stratum);
    const outcome = accepted[row] === 1 ? 1 : 0;
    stratum.all[outcome] += weights[row] as number;
    if (disadvantaged[row] === 1) stratum.d[outcome] += weights[row] as number;
  }
  let sum = 0;
  let total = 0;
  for (const { all, d } of strata.values()) {
    const size = all[0] + all[1];
    sum += size * (divide(d[0], all[0]) - divide(d[1], all[1]));
    total += size;
  }
  return divide(sum, total);
}
