import { describe, expect, it } from 'vitest';
import type { NoticeLog } from '../../core/ports/notices.ts';
import { EVENT_TIME } from '../support/http-event.ts';

const TIMES = { now: EVENT_TIME, leaseMs: 60_000 };

/** What every log of notices must do. */
export function describeNoticeLog(name: string, open: () => NoticeLog): void {
  let transitions = 0;
  const next = () => {
    transitions += 1;
    return { service: name.replaceAll(/[^a-z]/gi, ''), kind: 'drift', state: 'ALARM', atMs: EVENT_TIME + transitions };
  };

  describe(`notice log: ${name}`, () => {
    it('gives the turn to one of many, by channel', async () => {
      const log = open();
      const of = next();
      const turns = await Promise.all(Array.from({ length: 20 }, () => log.claim(of, 'Slack', TIMES)));
      expect(turns.filter((turn) => turn === 'mine')).toHaveLength(1);
      expect(turns.filter((turn) => turn === 'taken')).toHaveLength(19);
      expect(await log.claim(of, 'Teams', TIMES)).toBe('mine');
      expect(await log.claim(next(), 'Slack', TIMES)).toBe('mine');
    });

    it('gives it to nobody once it was told', async () => {
      const log = open();
      const of = next();
      await log.claim(of, 'Slack', TIMES);
      await log.done(of, 'Slack', TIMES);
      expect(await log.claim(of, 'Slack', { ...TIMES, now: EVENT_TIME + 3_600_000 })).toBe('told');
    });

    it('gives it again where it was given back, or where whoever had it is gone', async () => {
      const log = open();
      const of = next();
      await log.claim(of, 'Slack', TIMES);
      await log.release(of, 'Slack');
      expect(await log.claim(of, 'Slack', TIMES)).toBe('mine');
      expect(await log.claim(of, 'Slack', { ...TIMES, now: EVENT_TIME + 60_000 })).toBe('mine');
    });
  });
}
