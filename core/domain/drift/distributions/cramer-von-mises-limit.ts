/** Nodes of the Gauss-Chebyshev rule in each interval: enough for a relative error of 1e-12 up to x = 100. */
const NODES = 200;

/**
 * Upper tail of the limit distribution of the Cramér-von Mises statistic ω².
 *
 *     P(ω² > x) = 2/π Σ_{j≥1} (−1)^{j−1} ∫_{(2j−1)π}^{2jπ} e^{−xu²/2} / √(−u sin u) du
 *
 * The integrand grows like 1/√ at both ends, which the weight of the rule takes away.
 *
 * @param x any number
 * @returns in [0, 1]; 1 below 0.003, where the lower tail is under 1e-17; relative error below 1e-10
 *
 * Cost: O(1), 200 evaluations per interval, one interval for x > 1 and 20 for x = 0.003.
 * Source: Smirnov's formula; see S. Csörgő & J. J. Faraway, J. R. Stat. Soc. B 58 (1996) 221–234.
 */
export function cramerVonMisesSurvival(x: number): number {
  if (x < 0.003) return 1;
  let sum = 0;
  for (let j = 1, term = 1; Math.abs(term) > Math.abs(sum) * 1e-17; j += 1) {
    term = integral(j, x);
    sum += j % 2 === 1 ? term : -term;
  }
  return Math.min(1, (2 / Math.PI) * sum);
}

function integral(j: number, x: number): number {
  const half = Math.PI / 2;
  const centre = (2 * j - 0.5) * Math.PI;
  let sum = 0;
  for (let node = 0; node < NODES; node += 1) {
    const angle = ((node + 0.5) * Math.PI) / NODES;
    const u = centre - half * Math.cos(angle);
    // −sin u = sin of the distance to the nearer end; both taken from the angle, for u is rounded.
    const fromStart = Math.PI * Math.sin(angle / 2) ** 2;
    const weighted = (half * Math.sin(angle)) / Math.sqrt(u * Math.sin(Math.min(fromStart, Math.PI - fromStart)));
    sum += weighted * Math.exp((-x * u * u) / 2);
  }
  return (sum * Math.PI) / NODES;
}
