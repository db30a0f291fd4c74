import type { Outcome } from './delivery-queue.ts';

/** How long and how often a delivery is tried, as a schedule or a rule says. */
export interface RetryPolicy {
  readonly MaximumEventAgeInSeconds: number;
  readonly MaximumRetryAttempts: number;
}

export function withinPolicy(
  outcome: Outcome,
  policy: RetryPolicy,
  { attempt, ageMs }: { attempt: number; ageMs: number },
): Outcome {
  if (outcome.kind !== 'retry') return outcome;
  const isOver = attempt >= policy.MaximumRetryAttempts || ageMs > policy.MaximumEventAgeInSeconds * 1000;
  return isOver ? { kind: 'gave-up', reason: outcome.reason } : outcome;
}
