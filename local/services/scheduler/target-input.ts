import { randomUUID } from 'node:crypto';

export interface Occurrence {
  readonly scheduleArn: string;
  readonly scheduledMs: number;
  readonly executionId: string;
  /** 1 for the first try. */
  readonly attempt: number;
}

const seconds = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

/** What the target gets: the schedule's input with its context attributes, or Scheduler's own event where there is none. */
export function targetInput(
  input: string | undefined,
  { scheduleArn, scheduledMs, executionId, attempt }: Occurrence,
): string {
  if (input === undefined) return defaultEvent(scheduleArn, scheduledMs);
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', scheduleArn)
    .replaceAll('<aws.scheduler.scheduled-time>', seconds(scheduledMs))
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempt));
}

function defaultEvent(scheduleArn: string, scheduledMs: number): string {
  const [, , , region, account] = scheduleArn.split(':');
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account,
    time: seconds(scheduledMs),
    region,
    resources: [scheduleArn],
    detail: '{}',
  });
}
