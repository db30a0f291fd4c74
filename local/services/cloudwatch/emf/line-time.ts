import type { Clock } from '../../../clock.ts';

/** A line is read well within this time after it was stamped. */
const JUST_NOW_MS = 5_000;
const PAST_MS = 14 * 86_400_000;
const FUTURE_MS = 2 * 3_600_000;

/**
 * When the metrics of a line happened, by the platform's clock: a handler that takes its time from the event says so itself; one
 * that takes it from its machine, which knows nothing of a clock that was moved, means now.
 *
 * @returns undefined for a time that CloudWatch takes nothing of: more than two weeks ago, more than two hours ahead
 */
export function lineTime(stampedMs: number, clock: Clock): number | undefined {
  const machineMs = clock.now() - clock.offsetMs();
  const isMachineTime = Math.abs(stampedMs - machineMs) <= JUST_NOW_MS;
  const atMs = isMachineTime ? stampedMs + clock.offsetMs() : stampedMs;
  return isAccepted(atMs, clock.now()) ? atMs : undefined;
}

export const isAccepted = (atMs: number, nowMs: number): boolean =>
  atMs >= nowMs - PAST_MS && atMs <= nowMs + FUTURE_MS;
