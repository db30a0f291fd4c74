import { describe, expect, it } from 'vitest';
import { type Admission, admit, type WatchState } from '../../../../../core/domain/drift/verdict/watch-state.ts';
import type { WatchedWindow } from '../../../../../core/domain/drift/verdict/watched-window.ts';

const limits = { ofWindows: 3, historyLimit: 100 };
const windowAt = (fromMs: number): WatchedWindow => ({
  fromMs,
  toMs: fromMs + 1,
  channels: [],
  profile: { rows: 1, columns: [], crossMoments: [] },
});

/** What the history holds after windows 1, 2, 3, … */
function historyAfter(windows: readonly Partial<Admission>[], options = limits): number[] {
  let state: Pick<WatchState, 'history' | 'suspended'> = { history: [windowAt(0)], suspended: [] };
  windows.forEach((one, i) => {
    state = admit(state, { breached: false, drifting: false, excess: 0.5, ...one, window: windowAt(i + 1) }, options);
  });
  return state.history.map(({ fromMs }) => fromMs);
}

const suspect = { breached: true, excess: 1.2 };
const quiet = {};

describe('what enters the history', () => {
  it('is every window that does not breach, the oldest leaving', () => {
    expect(historyAfter([quiet, quiet])).toEqual([0, 1, 2]);
    expect(historyAfter([quiet, quiet, quiet], { ...limits, historyLimit: 2 })).toEqual([2, 3]);
  });

  it('is a suspect window once it has left the last N without being confirmed', () => {
    expect(historyAfter([suspect, quiet, quiet])).toEqual([0, 2, 3]);
    expect(historyAfter([suspect, quiet, quiet, quiet])).toEqual([0, 2, 3, 1, 4]);
  });

  it('is never a window of a confirmed drift, nor one before it that is under suspicion', () => {
    const drift = { breached: true, drifting: true, excess: 1.2 };
    expect(historyAfter([suspect, drift, { drifting: true }, quiet, quiet, quiet, quiet])).toEqual([0, 4, 5, 6, 7]);
  });

  it('is not a window so far out that it would hide the next of its kind', () => {
    expect(historyAfter([{ breached: true, excess: 1.6 }, quiet, quiet, quiet])).toEqual([0, 2, 3, 4]);
    expect(historyAfter([{ breached: true, excess: 1.5 }, quiet, quiet, quiet])).toEqual([0, 2, 3, 1, 4]);
  });
});
