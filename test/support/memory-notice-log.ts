import type { NoticeLog, TransitionKey } from '../../core/ports/notices.ts';

/** What was told, in memory. */
export function memoryNoticeLog(): NoticeLog {
  const log = new Map<string, { leasedToMs?: number; isTold?: boolean }>();
  const nameOf = ({ service, kind, state, atMs }: TransitionKey, channel: string) =>
    [service, kind, state, atMs, channel].join('/');
  return {
    async claim(transition, channel, { now, leaseMs }) {
      const name = nameOf(transition, channel);
      const { leasedToMs = 0, isTold = false } = log.get(name) ?? {};
      if (isTold) return 'told';
      if (leasedToMs > now) return 'taken';
      log.set(name, { leasedToMs: now + leaseMs });
      return 'mine';
    },
    async release(transition, channel) {
      log.delete(nameOf(transition, channel));
    },
    async done(transition, channel) {
      log.set(nameOf(transition, channel), { isTold: true });
    },
  };
}
