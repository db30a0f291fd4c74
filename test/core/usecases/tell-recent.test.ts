import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRecentTeller } from '../../../core/usecases/tell-recent.ts';

const A = [{ predictionId: 'a', atMs: 1 }];

/** A table whose answers a test gives. */
function open() {
  let nowMs = 0;
  const calls: { ids: string[]; answer: () => void; fail: () => void }[] = [];
  const faults: string[] = [];
  const tell = createRecentTeller({
    service: 'fraud',
    recent: {
      tell: (_service, predictions) =>
        new Promise((resolve, reject) => {
          const ids = predictions.map(({ id }) => id);
          calls.push({ ids, answer: resolve, fail: () => reject(new Error('down')) });
        }),
    },
    monotonicMs: () => nowMs,
    onFault: ({ what }) => void faults.push(what),
  });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { tell, calls, faults, pass };
}

describe('telling of predictions whose captures are on their way', () => {
  it('names them by id, at once', () => {
    const { tell, calls } = open();
    tell([...A, { predictionId: 'b', atMs: 2 }]);
    expect(calls.map(({ ids }) => ids)).toEqual([['a', 'b']]);
  });

  it('leaves out what comes while a table does not answer, and goes on once it does', async () => {
    const { tell, calls } = open();
    for (let i = 0; i < 10; i += 1) tell(A);
    expect(calls).toHaveLength(2);
    calls[0]?.answer();
    await turn();
    tell(A);
    expect(calls).toHaveLength(3);
  });

  it('leaves a table that fails alone, for longer each time, and says what that costs', async () => {
    const { tell, calls, faults, pass } = open();
    const failed = async () => {
      tell(A);
      calls.at(-1)?.fail();
      await turn();
    };
    await failed();
    pass(999);
    tell(A);
    expect(calls).toHaveLength(1);
    pass(1);
    await failed();
    pass(1_999);
    tell(A);
    expect(calls).toHaveLength(2);
    expect(faults).toEqual(Array(2).fill(expect.stringContaining('told to be unknown; they are kept')));
  });
});
