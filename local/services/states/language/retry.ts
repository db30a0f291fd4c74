/** When a failed state is tried again. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number | undefined;
  readonly MaxAttempts?: number | undefined;
  readonly BackoffRate?: number | undefined;
  readonly MaxDelaySeconds?: number | undefined;
  readonly JitterStrategy?: 'FULL' | 'NONE' | undefined;
}

/** These two are caught by their own names alone. */
const BEYOND_ALL = new Set(['States.DataLimitExceeded', 'States.Runtime']);

export function matchesError(names: readonly string[], error: string): boolean {
  if (names.includes(error)) return true;
  if (BEYOND_ALL.has(error)) return false;
  return names.includes('States.ALL') || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}

/** What comes of an error where a state has retriers: a wait, or nothing. */
export interface RetryDecision {
  readonly delayMs: number;
  /** How often each retrier was used, this time included. */
  readonly used: readonly number[];
}

/**
 * The first retrier that names the error decides; each counts for itself.
 *
 * @param used how often each was used since the state was entered
 * @param random in [0, 1), for full jitter
 * @returns undefined where none matches or its attempts are used up
 */
export function decideRetry(
  retriers: readonly Retrier[],
  { error, used, random }: { error: string; used: readonly number[]; random: () => number },
): RetryDecision | undefined {
  const index = retriers.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, error));
  const retrier = retriers[index];
  const before = used[index] ?? 0;
  if (retrier === undefined || before >= (retrier.MaxAttempts ?? 3)) return undefined;
  const grown = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** before;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  const delayMs = Math.round(seconds * 1000 * (retrier.JitterStrategy === 'FULL' ? random() : 1));
  return { delayMs, used: retriers.map((_, i) => (used[i] ?? 0) + Number(i === index)) };
}
