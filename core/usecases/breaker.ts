/** What fails is left alone for this long, then twice as long, up to the limit. */
const FIRST_PAUSE_MS = 1_000;
const PAUSE_LIMIT_MS = 60_000;

/** Keeps away from something that fails, for longer each time. */
export function createBreaker(monotonicMs: () => number) {
  let pauseMs = FIRST_PAUSE_MS;
  let closedFromMs = Number.NEGATIVE_INFINITY;
  return {
    isOpen: () => monotonicMs() < closedFromMs,
    remainingMs: () => closedFromMs - monotonicMs(),
    succeeded(): void {
      pauseMs = FIRST_PAUSE_MS;
    },
    failed(): void {
      closedFromMs = monotonicMs() + pauseMs;
      pauseMs = Math.min(pauseMs * 2, PAUSE_LIMIT_MS);
    },
  };
}
