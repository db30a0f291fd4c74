import { PlatformError } from '../../errors.ts';
import { checkNumber } from '../check-option.ts';

/** What a trained trial scored on the same validation rows as all others. */
export interface TrialResult {
  readonly trial: number;
  readonly score: number;
  /** Of the score, ≥ 0; for example DeLong's of a ROC AUC. */
  readonly standardError: number;
  /** How much there is to the model, such as its number of leaves: of equally good ones the smallest wins. */
  readonly complexity: number;
}

export interface TrialChoice {
  readonly chosen: TrialResult;
  /** The one with the best score, whatever its complexity. */
  readonly best: TrialResult;
  /** The score that a trial needed to be taken for as good as the best. */
  readonly threshold: number;
  /** Trials whose score is no number, which can win nothing. */
  readonly failed: readonly number[];
}

/**
 * Chooses by the one-standard-error rule: the least complex trial whose score is within one standard error of the best.
 *
 * The best of many trials is best partly by luck; what it has over a simpler one by less than its own error is noise.
 * Of equally complex ones the better score wins, then the lower number.
 *
 * @param options.better whether a higher (ROC AUC) or lower (log loss) score is better
 * @throws `training.no_rows` when no trial has a score
 * @throws `training.option_invalid` for a standard error that is not a finite number ≥ 0
 *
 * Cost: O(n log n).
 * Source: Breiman, Friedman, Olshen & Stone, Classification and Regression Trees (1984), section 3.4.3.
 */
export function chooseTrial(
  results: readonly TrialResult[],
  { better }: { readonly better: 'higher' | 'lower' },
): TrialChoice {
  const scored = results.filter(({ score }) => Number.isFinite(score));
  for (const { trial, standardError } of scored)
    checkNumber(`standardError of trial ${trial}`, standardError, { atLeast: 0, below: Number.POSITIVE_INFINITY });
  const sign = better === 'higher' ? 1 : -1;
  const byScore = (a: TrialResult, b: TrialResult) => sign * (b.score - a.score);
  const bySize = (a: TrialResult, b: TrialResult) => a.complexity - b.complexity;
  const byNumber = (a: TrialResult, b: TrialResult) => a.trial - b.trial;
  const best = scored.toSorted((a, b) => byScore(a, b) || bySize(a, b) || byNumber(a, b))[0];
  if (best === undefined) {
    throw new PlatformError('training.no_rows', {
      message: `none of ${results.length} trials has a score; look at their failures before you search again`,
      details: { got: 0 },
    });
  }
  const threshold = best.score - sign * best.standardError;
  const asGood = scored.filter(({ score }) => sign * (score - threshold) >= 0);
  const chosen = asGood.toSorted((a, b) => bySize(a, b) || byScore(a, b) || byNumber(a, b))[0] as TrialResult;
  const failed = results.filter(({ score }) => !Number.isFinite(score)).map(({ trial }) => trial);
  return { chosen, best, threshold, failed };
}
