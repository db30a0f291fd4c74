import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AgendaSource } from '../../agenda.ts';
import type { Clock } from '../../clock.ts';
import type { DeliveryQueue } from '../delivery/delivery-queue.ts';
import { inTransaction } from '../sqlite.ts';
import { parseScheduleExpression } from './schedule-expression.ts';
import type { ScheduleProperties } from './schedule-properties.ts';
import type { Schedule, ScheduleTable } from './schedule-table.ts';

/** One occurrence on its way to its target, as it lies in the queue. */
export interface QueuedOccurrence {
  readonly scheduleArn: string;
  readonly scheduledMs: number;
  readonly executionId: string;
  readonly input: string | undefined;
  readonly retry: ScheduleProperties['Target']['RetryPolicy'];
}

/** All schedules, and what is due of them. */
export interface ScheduleWatch extends AgendaSource {
  list(): readonly Schedule[];
  find(arn: string): Schedule | undefined;
  /** @throws AwsError for an expression or a time zone that cannot be read */
  put(schedule: { arn: string; name: string; properties: ScheduleProperties; origin: Schedule['origin'] }): Schedule;
  remove(arn: string): void;
}

export function createScheduleWatch(
  database: DatabaseSync,
  table: ScheduleTable,
  { queue, clock }: { queue: DeliveryQueue; clock: Clock },
): ScheduleWatch {
  const schedules = new Map<string, Schedule>();
  /** Made by a template before, and not named by one since the start: they go on where they were when one does. */
  const absent = new Map<string, Schedule>();
  for (const schedule of table.all()) (schedule.origin === 'template' ? absent : schedules).set(schedule.arn, schedule);

  const store = (schedule: Schedule): void => {
    schedules.set(schedule.arn, schedule);
    table.put(schedule);
  };

  const remove = (arn: string): void => {
    schedules.delete(arn);
    table.remove(arn);
  };

  /** One occurrence into the queue and the next one noted, both or neither: that is what makes each come once. */
  const fire = (schedule: Schedule, atMs: number): void => {
    const { RetryPolicy: retry, Input: input, Arn: target } = schedule.properties.Target;
    const oldestMs = clock.now() - retry.MaximumEventAgeInSeconds * 1000;
    if (atMs >= oldestMs) {
      const payload: QueuedOccurrence = {
        scheduleArn: schedule.arn,
        scheduledMs: atMs,
        executionId: randomUUID(),
        input,
        retry,
      };
      queue.add({ target, payload, atMs });
    }
    // What is older than Scheduler would still deliver is passed over in one step.
    const nextAtMs = nextOccurrence(schedule, Math.max(atMs, oldestMs - 1));
    if (nextAtMs === undefined && schedule.properties.ActionAfterCompletion === 'DELETE') remove(schedule.arn);
    else store({ ...schedule, nextAtMs });
  };

  const dueAt = ({ properties, nextAtMs }: Schedule): number =>
    properties.State === 'ENABLED' && nextAtMs !== undefined ? nextAtMs : Number.POSITIVE_INFINITY;

  return {
    list: () => [...schedules.values()],
    find: (arn) => schedules.get(arn),
    put({ arn, name, properties, origin }) {
      const before = schedules.get(arn) ?? absent.get(arn);
      absent.delete(arn);
      const nowMs = clock.now();
      if (before !== undefined && JSON.stringify(before.properties) === JSON.stringify(properties)) {
        store({ ...before, origin });
        return before;
      }
      const isSameTiming = before !== undefined && timingKey(before.properties) === timingKey(properties);
      const schedule: Schedule = {
        arn,
        name,
        origin,
        properties,
        createdAtMs: isSameTiming ? before.createdAtMs : nowMs,
        changedAtMs: nowMs,
        nextAtMs: undefined,
      };
      const nextAtMs = isSameTiming ? before.nextAtMs : nextOccurrence(schedule, nowMs - 1);
      const stored = { ...schedule, nextAtMs };
      store(stored);
      return stored;
    },
    remove,
    next(untilMs) {
      const first = Math.min(...[...schedules.values()].map(dueAt));
      return first <= untilMs ? first : undefined;
    },
    async run(atMs) {
      inTransaction(database, () => {
        for (const schedule of [...schedules.values()]) if (dueAt(schedule) <= atMs) fire(schedule, dueAt(schedule));
      });
    },
  };
}

const timingKey = (properties: ScheduleProperties): string => {
  const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate, State } = properties;
  return JSON.stringify([ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate, State]);
};

function nextOccurrence({ properties, createdAtMs }: Schedule, afterMs: number): number | undefined {
  const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, EndDate } = properties;
  const timing = parseScheduleExpression(ScheduleExpression, ScheduleExpressionTimezone);
  const next = timing.next(afterMs, StartDate ?? createdAtMs);
  return next !== undefined && next <= (EndDate ?? Number.POSITIVE_INFINITY) ? next : undefined;
}
