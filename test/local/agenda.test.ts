import { describe, expect, it } from 'vitest';
import { type AgendaSource, createAgenda } from '../../local/agenda.ts';
import { createClock } from '../../local/clock.ts';

const START = 1_000_000;

/** Is due at each of these moments, and notes it. */
function sourceOf(
  name: string,
  {
    moments,
    done,
    work = () => undefined,
  }: { moments: number[]; done: string[]; work?: (atMs: number) => Promise<void> | void },
): AgendaSource {
  return {
    next(untilMs) {
      const [first] = moments;
      return first === undefined || START + first > untilMs ? undefined : START + first;
    },
    async run(atMs) {
      moments.shift();
      done.push(`${name} ${atMs - START}`);
      await work(atMs - START);
    },
  };
}

describe('the agenda', () => {
  it('does what is due in order of the clock, and of two at the same moment what was added first', async () => {
    const clock = createClock({ wall: () => START });
    const agenda = createAgenda(clock);
    const done: string[] = [];
    const [a, b] = [
      [10, 30],
      [10, 20, 99],
    ];
    agenda.add(sourceOf('a', { moments: a, done }));
    agenda.add(sourceOf('b', { moments: b, done }));
    await agenda.advance(50);
    expect(done).toEqual(['a 10', 'b 10', 'b 20', 'a 30']);
    expect(clock.now()).toBe(START + 50);
  });

  it('waits at each moment for what was started there, and shows its time meanwhile', async () => {
    const clock = createClock({ wall: () => START });
    const agenda = createAgenda(clock);
    const done: string[] = [];
    const moments = [10, 20];
    const work = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      done.push(`clock ${clock.now() - START}`);
    };
    agenda.add(sourceOf('a', { moments, done, work }));
    await agenda.advance(100);
    expect(done).toEqual(['a 10', 'clock 10', 'a 20', 'clock 20']);
  });

  it('does what comes up on the way', async () => {
    const clock = createClock({ wall: () => START });
    const agenda = createAgenda(clock);
    const done: string[] = [];
    const [first, second]: [number[], number[]] = [[10], []];
    agenda.add(sourceOf('a', { moments: first, done, work: (at) => void second.push(at + 5) }));
    agenda.add(sourceOf('b', { moments: second, done }));
    await agenda.advance(100);
    expect(done).toEqual(['a 10', 'b 15']);
  });

  it('fails at what stays due however often it is done', async () => {
    const agenda = createAgenda(createClock({ wall: () => START }));
    agenda.add({ next: () => START, run: async () => undefined });
    await expect(agenda.advance(10)).rejects.toThrow(/the clock stopped at 1970-01-01T00:16:40.000Z/);
  });

  it('fails to go back, and does nothing then', () => {
    const agenda = createAgenda(createClock({ wall: () => START }));
    expect(() => agenda.advance(-1)).toThrow(RangeError);
  });
});
