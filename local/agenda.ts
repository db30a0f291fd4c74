import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Something that has to happen at certain moments of the platform's clock. */
export interface AgendaSource {
  /** The first moment, `untilMs` at the latest, at which there is something to do; undefined where there is nothing until then. */
  next(untilMs: number): number | undefined;
  /**
   * Does what is due at that moment. Before its first `await` it takes it off, so that `next` does not name it again.
   * Rejects only on a bug.
   */
  run(atMs: number): Promise<void>;
}

/** Does what is due, in the order of the platform's clock. */
export interface Agenda {
  add(source: AgendaSource): void;
  /**
   * Moves the clock forward from one due moment to the next, and waits at each for what was started there: a month passes as it
   * would have, only faster.
   */
  advance(stepMs: number): Promise<void>;
  start(): void;
  /** Starts nothing any more. */
  close(): void;
}

const LOOK_EVERY_MS = 250;
/** What is later than this was missed, while the platform was down or the clock jumped: it is made up in order, one after the other. */
const PRESENT_MS = 30_000;
/** What a function printed is in its pipe before its answer; it is read within this many turns of the event loop. */
const TURNS_UNTIL_READ = 3;
/** One that is due at the same moment more often than this in a row does not do what it should: a full disk, or a bug. */
const REPEATS_LIMIT = 100;

export function createAgenda(clock: Clock): Agenda {
  const sources: AgendaSource[] = [];
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let busy: Promise<void> = Promise.resolve();
  let isLooking = false;
  let isClosed = false;

  const first = (untilMs: number): { source: AgendaSource; atMs: number } | undefined => {
    let found: { source: AgendaSource; atMs: number } | undefined;
    for (const source of sources) {
      const atMs = source.next(found?.atMs ?? untilMs);
      // Of two at the same moment, the one that was added first.
      if (atMs !== undefined && (found === undefined || atMs < found.atMs)) found = { source, atMs };
    }
    return found;
  };

  /** Whether something is due again and again at one moment; it is then left for later, so that the rest can go on. */
  const createRepeatCheck = () => {
    let last: { source: AgendaSource; atMs: number } | undefined;
    let repeats = 0;
    return (due: { source: AgendaSource; atMs: number }): boolean => {
      repeats = due.source === last?.source && due.atMs === last.atMs ? repeats + 1 : 0;
      last = due;
      return repeats > REPEATS_LIMIT;
    };
  };

  const start = (source: AgendaSource, atMs: number): Promise<void> => {
    const work = source
      .run(atMs)
      .catch((error: unknown) => console.error('the local platform failed on something that was due', error))
      .finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  };

  const finish = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay);
    for (let turns = 0; turns < TURNS_UNTIL_READ; turns += 1) await turn();
  };

  const step = async (stepMs: number): Promise<void> => {
    const targetMs = clock.now() + stepMs;
    // Not by the time that it shows: that goes on meanwhile.
    const targetOffsetMs = clock.offsetMs() + stepMs;
    const isStuck = createRepeatCheck();
    await finish();
    for (let due = first(targetMs); due !== undefined && !isClosed; due = first(targetMs)) {
      if (isStuck(due))
        throw new Error(`the clock stopped at ${new Date(due.atMs).toISOString()}: what is due there cannot be done`);
      clock.advance(Math.max(0, due.atMs - clock.now()));
      await start(due.source, due.atMs);
      await finish();
    }
    clock.advance(Math.max(0, targetOffsetMs - clock.offsetMs()));
  };

  const look = async (): Promise<void> => {
    const isStuck = createRepeatCheck();
    for (let due = first(clock.now()); due !== undefined && !isClosed; due = first(clock.now())) {
      if (isStuck(due)) return;
      const work = start(due.source, due.atMs);
      if (due.atMs >= clock.now() - PRESENT_MS) continue;
      await work;
      await finish();
    }
  };

  /** One at a time: an advance never meets another one or the ordinary look. */
  const enqueue = (work: () => Promise<void>): Promise<void> => {
    const next = busy.then(work);
    busy = next.catch(() => undefined);
    return next;
  };

  return {
    add: (source) => {
      sources.push(source);
    },
    advance(stepMs) {
      // A step that the clock refuses is refused before anything happens.
      clock.check(stepMs);
      return enqueue(() => step(stepMs));
    },
    start() {
      timer = setInterval(() => {
        if (isLooking) return;
        isLooking = true;
        void enqueue(look).finally(() => {
          isLooking = false;
        });
      }, LOOK_EVERY_MS).unref();
    },
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}
