import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../sqlite.ts';
import type { State } from '../language/definition.ts';
import type { Json } from '../language/json.ts';
import { type StateError, toData } from '../language/state-error.ts';
import type { Left } from './data-flow.ts';
import {
  aboutToEnter,
  type Execution,
  type ExecutionStatus,
  type ExecutionStore,
  type Thread,
  type ThreadData,
} from './execution-store.ts';

const EVENTS_LIMIT = 25_000;

type Details = Readonly<Record<string, unknown>>;

/** Everything that changes because of one thread at one moment; written as a whole. */
export interface Transition {
  readonly thread: Thread;
  readonly nowMs: number;
  /** Adds an event behind the thread's last. */
  record(type: string, details?: Details): void;
  /** Changes the thread. */
  set(change: Partial<Omit<Thread, 'id' | 'execution'>>): void;
  addChild(child: { item: number; path: Thread['path']; state: string; input: Json; data: ThreadData }): void;
  /** On to the next state, or to the end. */
  exit(state: State, left: Left, next: string | undefined): void;
  /** The thread is over by an error that nothing caught. */
  fail(error: StateError): void;
}

export interface Transitions {
  /** Runs `work` unless the thread or its execution have come to an end meanwhile. */
  commit(thread: Thread, work: (transition: Transition) => void): void;
  /** Ends an execution from outside. */
  end(execution: Execution, status: ExecutionStatus, reason: { error: string | null; cause: string | null }): void;
}

const ENDED = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

/** The member of an event that says more: the same for all types of state that are entered or left. */
export function eventDetails(type: string): string {
  const kind = /State(?:Entered|Exited)$/.exec(type)?.[0] ?? type;
  return `${kind[0]?.toLowerCase()}${kind.slice(1)}EventDetails`;
}

export function createTransitions(database: DatabaseSync, store: ExecutionStore, now: () => number): Transitions {
  const end = (
    execution: Execution,
    status: Exclude<ExecutionStatus, 'RUNNING'>,
    {
      output = null,
      error = null,
      cause = null,
      previous = execution.events,
    }: {
      output?: string | null;
      error?: string | null;
      cause?: string | null;
      previous?: number;
    },
  ): void => {
    const id = execution.events + 1;
    const type = ENDED[status];
    const details = status === 'SUCCEEDED' ? { output, outputDetails: { truncated: false } } : { error, cause };
    store.addEvent(execution.arn, { id, type, atMs: now(), previous, details: { [eventDetails(type)]: details } });
    store.put({ ...execution, status, output, error, cause, stoppedMs: Math.floor(now()), events: id });
    store.removeThreads(execution.arn, null);
  };

  const transitionOf = (start: Thread, from: Execution) => {
    const nowMs = now();
    let execution = from;
    let thread = start;
    let isOver = false;
    const record = (type: string, details?: Details): void => {
      const id = execution.events + 1;
      const named = details === undefined ? {} : { [eventDetails(type)]: details };
      store.addEvent(execution.arn, { id, type, atMs: nowMs, previous: thread.lastEvent, details: named });
      execution = { ...execution, events: id };
      thread = { ...thread, lastEvent: id };
    };
    const set: Transition['set'] = (change) => {
      thread = { ...thread, ...change };
    };
    const wakeParent = (outcome: ThreadData): void => {
      set({ phase: 'done', dueMs: null, token: null, data: { ...thread.data, ...outcome } });
      const parent = store.thread(thread.parent ?? -1);
      if (parent !== undefined) store.putThread({ ...parent, dueMs: nowMs, lastEvent: thread.lastEvent });
    };
    const fail = (error: StateError): void => {
      if (thread.parent !== null) {
        if (thread.data.mapItem !== undefined) record('MapIterationFailed', iterationOf(thread));
        wakeParent({ outcome: { error: error.error, cause: error.cause } });
        return;
      }
      isOver = true;
      end(execution, 'FAILED', { error: error.error, cause: error.cause, previous: thread.lastEvent });
    };
    const transition: Transition = {
      get thread() {
        return thread;
      },
      nowMs,
      record,
      set,
      addChild({ item, path, state, input, data }) {
        const { execution: arn, id: parent, variables, lastEvent } = thread;
        store.addThread({
          execution: arn,
          parent,
          item,
          path,
          state,
          input,
          variables,
          lastEvent,
          data,
          ...aboutToEnter(nowMs),
        });
      },
      exit(state, { output, assigned }, next) {
        const text = toData(output);
        const variables = { ...thread.variables, ...assigned };
        toData(variables);
        if (state.Type !== 'Fail') {
          record(`${state.Type}StateExited`, {
            name: thread.state,
            output: text,
            outputDetails: { truncated: false },
            ...(Object.keys(assigned).length > 0 && {
              assignedVariables: Object.fromEntries(
                Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)]),
              ),
              assignedVariablesDetails: { truncated: false },
            }),
          });
        }
        const { mapItem } = thread.data;
        const data: ThreadData = mapItem === undefined ? {} : { mapItem };
        if (next !== undefined) {
          set({ ...aboutToEnter(nowMs), state: next, input: output, variables, data });
          return;
        }
        if (thread.parent !== null) {
          if (mapItem !== undefined) record('MapIterationSucceeded', iterationOf(thread));
          set({ data });
          wakeParent({ output });
          return;
        }
        isOver = true;
        end(execution, 'SUCCEEDED', { output: text, previous: thread.lastEvent });
      },
      fail,
    };
    return {
      transition,
      write() {
        if (isOver) return;
        if (execution.events > EVENTS_LIMIT) {
          end(execution, 'FAILED', {
            error: 'States.Runtime',
            cause: `The execution reached the maximum number of history events (${EVENTS_LIMIT}).`,
          });
          return;
        }
        store.put(execution);
        store.putThread(thread);
      },
    };
  };

  return {
    commit(given, work) {
      // The platform is closing: it goes on at the next start.
      if (!database.isOpen) return;
      inTransaction(database, () => {
        const execution = store.find(given.execution);
        const thread = store.thread(given.id);
        if (execution?.status !== 'RUNNING' || thread === undefined) return;
        const { transition, write } = transitionOf(thread, execution);
        work(transition);
        write();
      });
    },
    end(execution, status, { error, cause }) {
      if (status !== 'RUNNING') inTransaction(database, () => end(execution, status, { error, cause }));
    },
  };
}

const iterationOf = ({ state, data }: Thread): Details => ({ name: state, index: data.mapItem?.Index ?? 0 });
