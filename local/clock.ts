/** The one clock of the local platform. Moving it moves time for every service at once: TTL, expiry, schedules, event times. */
export interface Clock {
  /** Milliseconds since the epoch, by this clock. */
  now(): number;
  /** How far this clock runs ahead of the wall, in milliseconds. */
  offsetMs(): number;
  /** Moves the clock forward. @throws RangeError for a negative or non-finite step: time that was stored must not lie in the future */
  advance(stepMs: number): void;
}

export function createClock({ offsetMs = 0, wall = Date.now }: { offsetMs?: number; wall?: () => number } = {}): Clock {
  let offset = offsetMs;
  return {
    now: () => wall() + offset,
    offsetMs: () => offset,
    advance(stepMs) {
      if (!(stepMs >= 0 && Number.isFinite(stepMs))) {
        throw new RangeError(`the clock moves forward only: the step must be 0 ms or more, got ${stepMs}`);
      }
      offset += stepMs;
    },
  };
}
