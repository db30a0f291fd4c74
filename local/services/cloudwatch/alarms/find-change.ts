import type { ReadPoints } from '../math/evaluate-queries.ts';
import { type AlarmPlan, alarmPlan } from './alarm-plan.ts';
import type { MetricAlarm } from './alarm-table.ts';
import { evaluateAlarm, type StateChange } from './evaluate-alarm.ts';
import { createReadAhead } from './read-ahead.ts';

export interface FoundChange {
  readonly atMs: number;
  readonly change: StateChange;
}

const DAY_MS = 86_400_000;

/**
 * Evaluates an alarm at each of its moments after `evaluatedUntilMs`, in order, until its state changes.
 *
 * Where no data lie in the range the outcome is the same at every moment until some come, so these moments are passed over.
 */
export function findChange(alarm: MetricAlarm, untilMs: number, source: ReadPoints): FoundChange | undefined {
  const plan = alarmPlan(alarm.properties);
  const { tickMs, rangePeriods, periodMs, historyMs } = plan;
  const rangeMs = rangePeriods * periodMs;
  let atMs = nextTick(alarm.evaluatedUntilMs, plan);
  while (atMs <= untilMs) {
    const endMs = Math.min(untilMs, atMs + DAY_MS);
    const ahead = createReadAhead(source, { fromMs: atMs - rangeMs - historyMs, untilMs: endMs });
    for (; atMs <= endMs; atMs += tickMs) {
      const change = evaluateAlarm({ alarm: alarm.properties, plan, from: alarm.state }, atMs, ahead.read);
      if (change !== undefined) return { atMs, change };
      const first = ahead.firstPointFrom(atMs - rangeMs);
      if (first === undefined) atMs = Math.max(atMs, lastTick(endMs, plan));
      else if (first >= atMs) atMs = Math.max(atMs, Math.min(lastTick(first, plan), lastTick(endMs, plan)));
    }
  }
  return undefined;
}

export const nextTick = (afterMs: number, { tickMs }: AlarmPlan): number => (Math.floor(afterMs / tickMs) + 1) * tickMs;
const lastTick = (untilMs: number, { tickMs }: AlarmPlan): number => Math.floor(untilMs / tickMs) * tickMs;
