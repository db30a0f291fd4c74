import { setTimeout as sleep } from 'node:timers/promises';
import { ApiFailure } from './api-failure.ts';
import { ConnectionFailure } from './connection-failure.ts';

/** Together 1.4 s: over a restart or a cold start, and not yet a long wait for somebody who mistyped the port. */
export const RETRY_DELAYS_MS = [200, 400, 800] as const;

/** A server may ask for more time than a person at a terminal has. */
const LONGEST_WAIT_MS = 5_000;

/** Failures that come out the same however often one asks, although their status says that the server is at fault. */
const LASTING = new Set(['infer.model_failed', 'infer.no_version', 'environment.invalid']);

const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionFailure ||
  (error instanceof ApiFailure && (error.status === 429 || error.status >= 500) && !LASTING.has(error.code));

/** Runs `attempt` again after each delay while it fails for a passing reason. What it does must be harmless to repeat. */
export async function withRetries<T>(attempt: () => Promise<T>, delaysMs: readonly number[]): Promise<T> {
  for (const delayMs of delaysMs) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTransient(error)) throw error;
      const askedMs = error instanceof ApiFailure ? (error.retryAfterMs ?? 0) : 0;
      await sleep(Math.min(Math.max(delayMs, askedMs), LONGEST_WAIT_MS));
    }
  }
  return attempt();
}
