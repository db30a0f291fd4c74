/** The one clock of the local platform. Moving it moves time for every service at once: TTL, expiry, schedules, event times. */
export interface Clock {
  /** Milliseconds since the epoch, by this clock. */
  now(): number;
  /** How far this clock runs ahead of the wall, in milliseconds. */
  offsetMs(): number;
  /**
   * Moves the clock forward.
   * @throws RangeError for a negative step: time that was stored must not lie in the future; past the year 9999, which dates
   *   in signatures and stored instants cannot write
   */
  advance(stepMs: number): void;
  /** Whether the clock could be moved so far. @throws RangeError as `advance` does */
  check(stepMs: number): void;
}

const LATEST_MS = Date.UTC(9999, 11, 31);

export function createClock({ offsetMs = 0, wall = Date.now }: { offsetMs?: number; wall?: () => number } = {}): Clock {
  let offset = offsetMs;
  const check = (stepMs: number): void => {
    if (!(stepMs >= 0)) {
      throw new RangeError(`the clock moves forward only: the step must be 0 ms or more, got ${stepMs}`);
    }
    if (wall() + offset + stepMs > LATEST_MS) {
      throw new RangeError(`the clock does not go past the year 9999: the step of ${stepMs} ms is too far`);
    }
  };
  return {
    now: () => wall() + offset,
    offsetMs: () => offset,
    check,
    advance(stepMs) {
      check(stepMs);
      offset += stepMs;
    },
  };
}
