/** Count and sum of what happened in the last so many seconds, for several lengths at once. */
export interface SlidingWindows {
  /** Adds an event; events come in order of time. */
  add(at: number, value: number): void;
  /** Per window length: what happened in (now − length, now]. */
  read(now: number): readonly { readonly count: number; readonly sum: number }[];
}

/**
 * Each event enters once and leaves each window once, so a read costs what has left since the last one.
 *
 * @param lengthsSeconds ascending
 */
export function createSlidingWindows(lengthsSeconds: readonly number[]): SlidingWindows {
  let events: { at: number; value: number }[] = [];
  const windows = lengthsSeconds.map((length) => ({ length, first: 0, sum: 0 }));
  const forget = (): void => {
    const oldest = Math.min(...windows.map(({ first }) => first));
    if (oldest < 256 || oldest * 2 < events.length) return;
    events = events.slice(oldest);
    for (const window of windows) window.first -= oldest;
  };
  return {
    add: (at, value) => {
      events.push({ at, value });
      for (const window of windows) window.sum += value;
    },
    read: (now) => {
      for (const window of windows) {
        for (let event = events[window.first]; event && event.at <= now - window.length; event = events[window.first]) {
          window.sum -= event.value;
          window.first += 1;
        }
      }
      forget();
      return windows.map(({ first, sum }) => ({ count: events.length - first, sum }));
    },
  };
}
