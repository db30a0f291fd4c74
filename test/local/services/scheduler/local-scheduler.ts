import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { createAgenda } from '../../../../local/agenda.ts';
import { type Clock, createClock } from '../../../../local/clock.ts';
import type { Outcome } from '../../../../local/services/delivery/delivery-queue.ts';
import { ScheduleProperties } from '../../../../local/services/scheduler/schedule-properties.ts';
import { createSchedulerService, type SchedulerService } from '../../../../local/services/scheduler.ts';
import { serve } from '../../../support/serve.ts';

/** Midday of some Monday. */
export const NOON = Date.UTC(2026, 5, 1, 12);
export const TARGET = 'arn:aws:lambda:us-east-1:000000000000:function:monitor';

export interface LocalScheduler extends AsyncDisposable {
  readonly client: SchedulerClient;
  readonly service: SchedulerService;
  readonly clock: Clock;
  readonly delivered: string[];
  advance(ms: number): Promise<void>;
}

export async function openLocalScheduler({
  directory,
  clock = createClock({ wall: () => NOON }),
  deliver = () => ({ kind: 'delivered' }),
}: {
  directory: string;
  clock?: Clock;
  deliver?: (payload: string, attempt: number) => Outcome;
}): Promise<LocalScheduler> {
  const delivered: string[] = [];
  const service = createSchedulerService({
    directory,
    clock,
    account: '000000000000',
    region: 'us-east-1',
    targets: {
      refusal: (arn) => (arn === TARGET ? undefined : `there is no function ${arn}`),
      async deliver({ payload, attempt }) {
        delivered.push(payload);
        return deliver(payload, attempt);
      },
    },
  });
  const agenda = createAgenda(clock);
  for (const source of service.sources) agenda.add(source);
  const { url, close } = await serve(service);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SchedulerClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
  return {
    client,
    service,
    clock,
    delivered,
    advance: (ms) => agenda.advance(ms),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await close();
    },
  };
}

export const aSchedule = (ScheduleExpression: string, more: object = {}): ScheduleProperties =>
  ScheduleProperties.parse({
    ScheduleExpression,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: TARGET,
      RoleArn: 'arn:aws:iam::000000000000:role/schedule',
      Input: '<aws.scheduler.scheduled-time>',
    },
    ...more,
  });
