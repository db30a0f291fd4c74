import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface OpenedScheduler {
  readonly client: SchedulerClient;
  /** A target that exists. */
  readonly targetArn: string;
  close(): Promise<void>;
}

/** What every EventBridge Scheduler must do that schedules are made with. @param moto whose known differences from AWS are skipped by name */
export function describeScheduler(
  name: string,
  open: () => Promise<OpenedScheduler>,
  { moto = false }: { moto?: boolean } = {},
): void {
  describe(`Scheduler: ${name}`, () => {
    let scheduler: OpenedScheduler;
    beforeAll(async () => {
      scheduler = await open();
    }, 60_000);
    afterAll(() => scheduler?.close());

    const create = (Name: string, ScheduleExpression = 'rate(1 hour)', more: object = {}) =>
      scheduler.client.send(
        new CreateScheduleCommand({
          Name,
          ScheduleExpression,
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: scheduler.targetArn, RoleArn: 'arn:aws:iam::123456789012:role/schedule', Input: '{"a":1}' },
          ...more,
        }),
      );

    it('creates a schedule and describes it', async () => {
      const { ScheduleArn } = await create('described', 'cron(0 8 ? * MON-FRI *)', {
        ScheduleExpressionTimezone: 'Europe/Berlin',
      });
      expect(ScheduleArn).toMatch(/^arn:aws:scheduler:us-east-1:\d{12}:schedule\/default\/described$/);
      expect(await scheduler.client.send(new GetScheduleCommand({ Name: 'described' }))).toMatchObject({
        Name: 'described',
        GroupName: 'default',
        State: 'ENABLED',
        ScheduleExpression: 'cron(0 8 ? * MON-FRI *)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        Target: { Arn: scheduler.targetArn, Input: '{"a":1}' },
      });
    });

    it('lists schedules', async () => {
      await create('listed');
      const { Schedules = [] } = await scheduler.client.send(new ListSchedulesCommand({}));
      expect(Schedules.map(({ Name }) => Name)).toContain('listed');
    });

    it('deletes a schedule', async () => {
      await create('gone');
      await scheduler.client.send(new DeleteScheduleCommand({ Name: 'gone' }));
      await expect(scheduler.client.send(new GetScheduleCommand({ Name: 'gone' }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        $metadata: { httpStatusCode: 404 },
      });
    });

    it('fails to create what is there', async () => {
      await create('twice');
      await expect(create('twice')).rejects.toMatchObject({ name: 'ConflictException' });
    });

    describe.skipIf(moto)(moto ? 'checks (skipped: moto takes every expression)' : 'checks', () => {
      it.each([
        ['rate(0 minutes)', {}],
        ['rate(5 fortnights)', {}],
        ['cron(0 8 * * * *)', {}],
        ['cron(0 8 ? * *)', {}],
        ['cron(61 8 ? * * *)', {}],
        ['at(tomorrow)', {}],
        ['every(day)', {}],
        ['rate(1 hour)', { ScheduleExpressionTimezone: 'Mars/Olympus' }],
        [
          'rate(1 hour)',
          { Target: { Arn: 'arn:aws:lambda:us-east-1:123456789012:function:none', RoleArn: 'arn:aws:iam::1:role/r' } },
        ],
      ])('fails for %s', async (expression, more) => {
        await expect(create('failing', expression, more)).rejects.toMatchObject({ name: 'ValidationException' });
      });
    });
  });
}
