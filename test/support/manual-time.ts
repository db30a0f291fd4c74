import { setImmediate as turn } from 'node:timers/promises';

export interface ManualTime {
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Moves time on, waking sleepers at their moments, and lets everything that is then possible happen. */
  advance(ms: number): Promise<void>;
}

/** Time that only a test moves. */
export function manualTime(): ManualTime {
  let nowMs = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    monotonicMs: () => nowMs,
    sleep: (ms) => new Promise((wake) => void sleepers.push({ at: nowMs + ms, wake })),
    async advance(ms) {
      const end = nowMs + ms;
      await turn();
      for (;;) {
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers[0];
        if (next === undefined || next.at > end) break;
        sleepers.shift();
        nowMs = Math.max(nowMs, next.at);
        next.wake();
        await turn();
      }
      nowMs = end;
      await turn();
    },
  };
}
