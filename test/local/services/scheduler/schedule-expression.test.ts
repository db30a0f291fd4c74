import { describe, expect, it } from 'vitest';
import { parseScheduleExpression } from '../../../../local/services/scheduler/schedule-expression.ts';

const next = (expression: string, zone: string, after: string, count = 3): string[] => {
  const timing = parseScheduleExpression(expression, zone);
  const found: string[] = [];
  let atMs: number | undefined = Date.parse(after);
  while (found.length < count) {
    atMs = timing.next(atMs, 0);
    if (atMs === undefined) break;
    found.push(new Date(atMs).toISOString().slice(0, 16));
  }
  return found;
};

describe('a schedule expression', () => {
  it.each([
    ['cron(15 10 ? * MON-FRI *)', '2026-06-05T10:00Z', ['2026-06-05T10:15', '2026-06-08T10:15', '2026-06-09T10:15']],
    ['cron(0/20 8 ? * * *)', '2026-06-05T08:10Z', ['2026-06-05T08:20', '2026-06-05T08:40', '2026-06-06T08:00']],
    ['cron(0 0 1 * ? *)', '2026-06-05T08:10Z', ['2026-07-01T00:00', '2026-08-01T00:00', '2026-09-01T00:00']],
    ['cron(0 0 L * ? *)', '2026-02-05T08:10Z', ['2026-02-28T00:00', '2026-03-31T00:00', '2026-04-30T00:00']],
    ['cron(0 9 ? * 2#1 *)', '2026-06-05T08:10Z', ['2026-07-06T09:00', '2026-08-03T09:00', '2026-09-07T09:00']],
    ['cron(0 9 ? * 6L *)', '2026-06-05T08:10Z', ['2026-06-26T09:00', '2026-07-31T09:00', '2026-08-28T09:00']],
    ['cron(0 9 15W * ? *)', '2026-08-01T08:10Z', ['2026-08-14T09:00', '2026-09-15T09:00', '2026-10-15T09:00']],
    ['cron(0 9 29 FEB ? *)', '2026-08-01T08:10Z', ['2028-02-29T09:00', '2032-02-29T09:00', '2036-02-29T09:00']],
    ['cron(0 9 1 1 ? 2026-2027)', '2026-08-01T08:10Z', ['2027-01-01T09:00']],
    ['at(2026-06-05T09:00:00)', '2026-06-05T08:10Z', ['2026-06-05T09:00']],
    ['rate(6 hours)', '2026-06-05T08:10Z', ['2026-06-05T12:00', '2026-06-05T18:00', '2026-06-06T00:00']],
  ])('%s is due when AWS says', (expression, after, expected) => {
    expect(next(expression, 'UTC', after)).toEqual(expected);
  });

  it('follows the wall clock of its zone through the change to summer time, and skips what that day has not', () => {
    expect(next('cron(30 8 ? * * *)', 'Europe/Berlin', '2026-03-27T12:00Z')).toEqual([
      '2026-03-28T07:30',
      '2026-03-29T06:30',
      '2026-03-30T06:30',
    ]);
    expect(next('cron(30 2 ? * * *)', 'Europe/Berlin', '2026-03-28T12:00Z', 1)).toEqual(['2026-03-30T00:30']);
  });

  it('comes once on the night whose hour comes twice', () => {
    expect(next('cron(30 2 ? * * *)', 'Europe/Berlin', '2026-10-24T12:00Z', 2)).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });
});
