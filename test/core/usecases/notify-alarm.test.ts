import { describe, expect, it } from 'vitest';
import type { AlarmStateChange } from '../../../core/contracts/alarms.ts';
import type { Notice } from '../../../core/domain/alarms/notice.ts';
import { notifyAlarm } from '../../../core/usecases/notify-alarm.ts';
import { aWindow } from '../../support/a-window.ts';
import { memoryNoticeLog } from '../../support/memory-notice-log.ts';

const NOW = { now: Date.UTC(2026, 5, 1, 13) };

const change = (
  minute: number,
  value: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA',
  alarmName = 'keelson.Keelson.fraud.drift',
): AlarmStateChange => ({
  detail: {
    alarmName,
    state: { value, reason: 'a reason', timestamp: new Date(Date.UTC(2026, 5, 1, 12, minute)).toISOString() },
    previousState: { value: value === 'OK' ? 'ALARM' : 'OK', timestamp: '2026-06-01T09:00:00.000Z' },
  },
});

function open({
  failing = new Set<string>(),
  windows = [aWindow(11, { moved: [{ column: 'amount', says: 'it moved' }] })],
} = {}) {
  const told: { channel: string; notice: Notice }[] = [];
  const faults: unknown[] = [];
  const channels = ['e-mail', 'Slack'].map((name) => ({
    name,
    async send(notice: Notice) {
      if (failing.has(name)) throw new Error('refused');
      told.push({ channel: name, notice });
    },
  }));
  const notify = notifyAlarm({
    notices: memoryNoticeLog(),
    channels,
    windows: {
      list: async () => {
        if (failing.has('table')) throw new Error('down');
        return { windows };
      },
    },
    prefix: 'keelson.Keelson.',
    apiUrl: 'https://api.example',
    runbooks: 'https://runbooks.example',
    log: () => undefined,
    onFault: ({ error }) => void faults.push(error),
  });
  return { notify: (event: AlarmStateChange, times = NOW) => notify(event, times), told, faults, failing };
}

describe('telling of alarms', () => {
  it('says what moved, since when and what happens next, with links, and how long it lasted when it is over', async () => {
    const { notify, told } = open();
    await notify(change(1, 'ALARM'));
    await notify(change(30, 'OK'));
    const [alarm, , over] = told.map(({ notice }) => notice);
    expect(alarm).toMatchObject({ title: 'fraud: drift', isRecovery: false });
    expect(alarm?.says).toEqual(expect.arrayContaining(['amount: it moved.']));
    expect(alarm?.links).toContainEqual({ text: 'Runbook', url: 'https://runbooks.example/drift.md' });
    expect(alarm?.links[0]?.url).toBe(
      'https://api.example/api/services/fraud/windows/1.window.20260601T1100Z?format=html',
    );
    expect(over).toMatchObject({ title: 'fraud: drift is over', isRecovery: true });
    expect(over?.says[0]).toMatch(/after 4 hours/);
  });

  it('tells of a transition once, however often and in whatever order its event comes', async () => {
    const { notify, told } = open();
    const changes = Array.from({ length: 1_000 }, (_, i) => change((i * 7) % 10, i % 2 === 0 ? 'ALARM' : 'OK'));
    await Promise.allSettled(changes.map((each) => notify(each)));
    for (const each of changes.toReversed()) await notify(each);
    const transitions = new Set(changes.map(({ detail }) => JSON.stringify(detail.state)));
    expect(told.filter(({ channel }) => channel === 'Slack')).toHaveLength(transitions.size);
    expect(told.filter(({ channel }) => channel === 'e-mail')).toHaveLength(transitions.size);
  });

  it('tells by the other channels where one fails, and by that one alone the next time', async () => {
    const { notify, told, failing, faults } = open({ failing: new Set(['e-mail']) });
    await expect(notify(change(1, 'ALARM'))).rejects.toThrow(/e-mail was not told/);
    expect(told.map(({ channel }) => channel)).toEqual(['Slack']);
    expect(faults).toHaveLength(1);
    failing.clear();
    await notify(change(1, 'ALARM'));
    expect(told.map(({ channel }) => channel)).toEqual(['Slack', 'e-mail']);
  });

  it('still says what CloudWatch says where the windows cannot be read', async () => {
    const { notify, told, faults } = open({ failing: new Set(['table']) });
    await notify(change(1, 'ALARM'));
    expect(told[0]?.notice.facts).toContainEqual(['CloudWatch says', 'a reason']);
    expect(faults).toHaveLength(1);
  });

  it.each([
    ['another platform’s alarm', change(1, 'ALARM', 'keelson.Other.fraud.drift')],
    ['an alarm of no known kind', change(1, 'ALARM', 'keelson.Keelson.fraud.weather')],
    ['an alarm that has no data', change(1, 'INSUFFICIENT_DATA')],
    [
      'an alarm that has begun to have data',
      { detail: { ...change(1, 'OK').detail, previousState: { value: 'INSUFFICIENT_DATA' } } },
    ],
  ])('is silent about %s', async (_, event) => {
    const { notify, told } = open();
    await notify(event);
    expect(told).toEqual([]);
  });
});
