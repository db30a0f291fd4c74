import { binomialAtMost } from '../distributions/binomial.ts';
import { chiSquareSurvival } from '../distributions/chi-square.ts';
import { checkCount } from './check-option.ts';
import type { TestResult } from './test-result.ts';

/** Rows on which two models disagree about the truth. */
export interface Discordant {
  /** Rows that only the first gets right. */
  readonly onlyFirst: number;
  /** Rows that only the second gets right. */
  readonly onlySecond: number;
}

/** Up to this many discordant rows the chi-square is a poor approximation. */
const EXACT_ROWS = 1_000;

/**
 * McNemar's test of two models on the same rows, two-sided.
 *
 *     exact: 2 P(X ≤ min(b, c)) for X binomial (b + c, ½)        asymptotic: (|b − c| − 1)² / (b + c) as χ² with 1 degree of freedom
 *
 * for b and c rows that only one of the models gets right. Rows on which they agree say nothing.
 *
 * @param discordant integers ≥ 0
 * @param options.method exact up to 1,000 discordant rows @default 'auto'
 * @returns the statistic with Edwards' continuity correction (0 where b = c) and p; no discordant rows give 0 and 1
 * @throws `drift.option_invalid`
 *
 * Cost: O(√(b + c)).
 * Source: Q. McNemar, Psychometrika 12 (1947) 153–157; A. L. Edwards, Psychometrika 13 (1948) 185–187.
 */
export function mcnemarTest(
  { onlyFirst, onlySecond }: Discordant,
  { method = 'auto' }: { readonly method?: 'auto' | 'exact' | 'asymptotic' } = {},
): TestResult {
  checkCount('onlyFirst', onlyFirst);
  checkCount('onlySecond', onlySecond);
  const rows = onlyFirst + onlySecond;
  if (onlyFirst === onlySecond) return { statistic: 0, pValue: 1 };
  const statistic = (Math.abs(onlyFirst - onlySecond) - 1) ** 2 / rows;
  const exact = method === 'exact' || (method === 'auto' && rows <= EXACT_ROWS);
  const pValue = exact
    ? 2 * binomialAtMost(Math.min(onlyFirst, onlySecond), { trials: rows, probability: 0.5 })
    : chiSquareSurvival(statistic, 1);
  return { statistic, pValue: Math.min(1, pValue) };
}
