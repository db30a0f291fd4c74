import { hypergeometricProbability } from '../distributions/hypergeometric.ts';
import { checkProportion, type Proportion } from './proportion.ts';

/** Probabilities that differ by their rounding count as equal. */
const EQUAL = 1 + 1e-7;

export interface FisherResult {
  /** (c₁/c₀)/(r₁/r₀) of successes to failures; 0/0 is NaN, x/0 is ∞. */
  readonly oddsRatio: number;
  /** In (0, 1]. */
  readonly pValue: number;
}

/**
 * Fisher's exact test of two proportions, two-sided.
 *
 *     p = Σ P(k) over all k with P(k) ≤ P(observed)
 *
 * P(k) the hypergeometric probability of k successes on the current side, given the totals. Exact at any size and share, which makes it the
 * test of rare rates.
 *
 * @param reference successes and trials, trials ≥ 1
 * @param current successes and trials, trials ≥ 1
 * @throws `drift.option_invalid`
 *
 * Cost: O(min(successes, trials)): every table with these totals is looked at once.
 * Source: R. A. Fisher, J. R. Stat. Soc. 98 (1935) 39–82; SciPy's `fisher_exact`.
 */
export function fisherExact(reference: Proportion, current: Proportion): FisherResult {
  checkProportion('reference', reference);
  checkProportion('current', current);
  const white = reference.successes + current.successes;
  const urn = { white, black: reference.trials + current.trials - white, drawn: current.trials };
  const limit = hypergeometricProbability(current.successes, urn) * EQUAL;
  let pValue = 0;
  const last = Math.min(urn.white, urn.drawn);
  for (let k = Math.max(0, urn.drawn - urn.black); k <= last; k += 1) {
    const probability = hypergeometricProbability(k, urn);
    if (probability <= limit) pValue += probability;
  }
  const oddsRatio =
    (current.successes * (reference.trials - reference.successes)) /
    (reference.successes * (current.trials - current.successes));
  return { oddsRatio, pValue: Math.min(1, pValue) };
}
