import { describe, expect, it } from 'vitest';
import { createClock } from '../../../../local/clock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { aSchedule, NOON, openLocalScheduler } from './local-scheduler.ts';

const HOUR = 3_600_000;

describe('the local Scheduler', () => {
  it('delivers each occurrence once and in order when the clock is moved by hours', async () => {
    using folder = temporaryFolder();
    await using scheduler = await openLocalScheduler({ directory: folder.path });
    scheduler.service.putSchedule('hourly', aSchedule('cron(0 * ? * * *)'));
    await scheduler.advance(3 * HOUR);
    await scheduler.advance(1);
    expect(scheduler.delivered).toEqual([
      '2026-06-01T12:00:00Z',
      '2026-06-01T13:00:00Z',
      '2026-06-01T14:00:00Z',
      '2026-06-01T15:00:00Z',
    ]);
  });

  it('begins a rate at once, and ends it at its end date', async () => {
    using folder = temporaryFolder();
    await using scheduler = await openLocalScheduler({ directory: folder.path });
    scheduler.service.putSchedule('rate', aSchedule('rate(1 hour)', { EndDate: '2026-06-01T13:30:00Z' }));
    await scheduler.advance(5 * HOUR);
    expect(scheduler.delivered).toEqual(['2026-06-01T12:00:00Z', '2026-06-01T13:00:00Z']);
  });

  it('delivers nothing of a disabled one', async () => {
    using folder = temporaryFolder();
    await using scheduler = await openLocalScheduler({ directory: folder.path });
    scheduler.service.putSchedule('off', aSchedule('rate(1 hour)', { State: 'DISABLED' }));
    await scheduler.advance(5 * HOUR);
    expect(scheduler.delivered).toEqual([]);
  });

  it('gives an event of its own where the schedule has no input', async () => {
    using folder = temporaryFolder();
    await using scheduler = await openLocalScheduler({ directory: folder.path });
    const { Input: _, ...Target } = aSchedule('rate(1 hour)').Target;
    scheduler.service.putSchedule('plain', aSchedule('rate(1 hour)', { Target }));
    await scheduler.advance(0);
    expect(JSON.parse(scheduler.delivered[0] ?? '')).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      time: '2026-06-01T12:00:00Z',
      resources: ['arn:aws:scheduler:us-east-1:000000000000:schedule/default/plain'],
    });
  });

  it('tries again what could not be delivered, and keeps what it gave up', async () => {
    using folder = temporaryFolder();
    const Target = { ...aSchedule('rate(1 hour)').Target, RetryPolicy: { MaximumRetryAttempts: 2 } };
    await using scheduler = await openLocalScheduler({
      directory: folder.path,
      deliver: () => ({ kind: 'retry', afterMs: 60_000, reason: 'away' }),
    });
    scheduler.service.putSchedule('failing', aSchedule('at(2026-06-01T12:00:00)', { Target }));
    await scheduler.advance(HOUR);
    expect(scheduler.delivered).toHaveLength(3);
    expect(scheduler.service.deadLetters()).toMatchObject([{ attempts: 3, reason: 'away' }]);
  });

  it('makes up after a restart what it missed within a day, each once', async () => {
    using folder = temporaryFolder();
    {
      await using first = await openLocalScheduler({ directory: folder.path });
      first.service.putSchedule('six', aSchedule('cron(0 0/6 ? * * *)'));
      await first.advance(0);
      expect(first.delivered).toEqual(['2026-06-01T12:00:00Z']);
    }
    await using second = await openLocalScheduler({
      directory: folder.path,
      clock: createClock({ wall: () => NOON + 50 * HOUR }),
    });
    await second.advance(0);
    expect(second.delivered).toEqual([]);
    second.service.putSchedule('six', aSchedule('cron(0 0/6 ? * * *)'));
    await second.advance(0);
    expect(second.delivered).toEqual([
      '2026-06-02T18:00:00Z',
      '2026-06-03T00:00:00Z',
      '2026-06-03T06:00:00Z',
      '2026-06-03T12:00:00Z',
    ]);
  });
});
