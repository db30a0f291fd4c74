import type { DatabaseSync } from 'node:sqlite';
import type { AgendaSource } from '../../../agenda.ts';
import type { Clock } from '../../../clock.ts';
import { AwsError } from '../../rpc/aws-error.ts';
import { inTransaction } from '../../sqlite.ts';
import type { Machine } from '../language/definition.ts';
import { MachineShape } from '../language/definition.ts';
import type { Json } from '../language/json.ts';
import type { TaskRunner } from '../tasks/task-runner.ts';
import {
  aboutToEnter,
  createExecutionStore,
  EXECUTION_SCHEMA,
  type Execution,
  type ExecutionStore,
  type Outcome,
} from './execution-store.ts';
import { step } from './step.ts';
import { createTransitions, eventDetails } from './transitions.ts';

export interface StartOptions {
  readonly arn: string;
  readonly name: string;
  readonly machine: { readonly arn: string; readonly definition: string; readonly roleArn: string };
  /** JSON text. */
  readonly input: string;
}

/** Runs executions: each is on disk after every transition, and goes on from there. */
export interface Engine extends AgendaSource {
  readonly store: ExecutionStore;
  /** @throws AwsError ExecutionAlreadyExists unless it is the same one, still running */
  start(options: StartOptions): Execution;
  stop(execution: Execution, reason: { error: string | null; cause: string | null }): Execution;
  /** What somebody with a token says. @throws AwsError TaskDoesNotExist, TaskTimedOut */
  answer(token: string, outcome: Outcome): void;
  heartbeat(token: string): void;
}

/** How long AWS keeps executions that have ended, and their names. */
const KEPT_MS = 90 * 24 * 3_600_000;

export function createEngine(
  database: DatabaseSync,
  { clock, tasks, roleOf }: { clock: Clock; tasks: TaskRunner; roleOf: (machine: string) => string },
): Engine {
  database.exec(EXECUTION_SCHEMA);
  const store = createExecutionStore(database);
  const transitions = createTransitions(database, store, clock.now);
  const busy = new Set<number>();
  const machines = new Map<string, Machine>();

  const machineOf = ({ definition }: { readonly definition: string }): Machine => {
    const known = machines.get(definition);
    if (known !== undefined) return known;
    const machine = MachineShape.parse(JSON.parse(definition));
    machines.set(definition, machine);
    return machine;
  };
  const contextOf = (execution: Execution) => ({
    Execution: {
      Id: execution.arn,
      Name: execution.name,
      Input: JSON.parse(execution.input) as Json,
      RoleArn: roleOf(execution.machine),
      StartTime: new Date(execution.startedMs).toISOString(),
    },
    StateMachine: { Id: execution.machine, Name: execution.machine.split(':').at(-1) ?? '' },
  });
  const dependencies = { store, transitions, tasks, now: clock.now, machineOf, contextOf };

  /** Goes on with a thread until nothing is due of it. */
  const drive = async (id: number): Promise<void> => {
    while (database.isOpen) {
      const thread = store.thread(id);
      const execution = thread === undefined ? undefined : store.find(thread.execution);
      if (thread === undefined || execution?.status !== 'RUNNING') return;
      if (thread.dueMs === null || thread.dueMs > clock.now()) return;
      try {
        await step(thread, execution, dependencies);
      } catch (error) {
        if (!database.isOpen) return;
        console.error(`the execution ${execution.arn} failed by a fault of the local Step Functions`, error);
        const cause = error instanceof Error ? error.message : String(error);
        const current = store.find(execution.arn);
        if (current?.status === 'RUNNING') transitions.end(current, 'FAILED', { error: 'States.Runtime', cause });
        return;
      }
    }
  };

  const expire = (): void => {
    for (const { arn } of store.dueExecutions(clock.now())) {
      const execution = store.find(arn);
      if (execution !== undefined) transitions.end(execution, 'TIMED_OUT', { error: 'States.Timeout', cause: null });
    }
  };

  const waiting = (token: string) => {
    const thread = store.threadByToken(token);
    const isOpen = thread !== undefined && thread.data.outcome === undefined;
    if (isOpen && (thread.phase === 'token' || thread.phase === 'task')) return thread;
    throw new AwsError('TaskTimedOut', `Task Timed Out: 'Provided task does not exist anymore'`);
  };

  return {
    store,
    next(untilMs) {
      const thread = store.dueThreads(untilMs).find(({ id }) => !busy.has(id))?.dueMs;
      const execution = store.dueExecutions(untilMs)[0]?.dueMs;
      return thread === undefined || execution === undefined ? (thread ?? execution) : Math.min(thread, execution);
    },
    async run() {
      expire();
      const active = new Set<Promise<void>>();
      while (database.isOpen) {
        for (const { id } of store.dueThreads(clock.now())) {
          if (busy.has(id)) continue;
          busy.add(id);
          const work: Promise<void> = drive(id).finally(() => {
            busy.delete(id);
            active.delete(work);
          });
          active.add(work);
        }
        if (active.size === 0) return;
        await Promise.race(active);
      }
    },
    start({ arn, name, machine, input }) {
      inTransaction(database, () => store.forget(clock.now() - KEPT_MS));
      const before = store.find(arn);
      if (before !== undefined) {
        // Starting the same one twice is starting it once.
        if (before.status === 'RUNNING' && before.input === input) return before;
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      }
      const nowMs = Math.floor(clock.now());
      const { StartAt, TimeoutSeconds } = machineOf(machine);
      const open = { output: null, error: null, cause: null, startedMs: nowMs, stoppedMs: null } as const;
      const execution: Execution = {
        arn,
        name,
        machine: machine.arn,
        definition: machine.definition,
        status: 'RUNNING',
        input,
        ...open,
        dueMs: TimeoutSeconds === undefined ? null : nowMs + TimeoutSeconds * 1000,
        events: 1,
      };
      const details = { input, inputDetails: { truncated: false }, roleArn: machine.roleArn };
      inTransaction(database, () => {
        store.put(execution);
        const type = 'ExecutionStarted';
        store.addEvent(arn, { id: 1, type, atMs: nowMs, previous: 0, details: { [eventDetails(type)]: details } });
        store.addThread({
          execution: arn,
          parent: null,
          item: 0,
          path: [],
          state: StartAt,
          ...aboutToEnter(nowMs),
          input: JSON.parse(input),
          variables: {},
          lastEvent: 1,
          data: {},
        });
      });
      return execution;
    },
    stop(execution, reason) {
      if (execution.status === 'RUNNING') transitions.end(execution, 'ABORTED', reason);
      return store.find(execution.arn) ?? execution;
    },
    answer(token, outcome) {
      const thread = waiting(token);
      // While its task is still being asked, that takes the outcome itself.
      const due = thread.phase === 'token' ? { dueMs: clock.now() } : {};
      store.putThread({ ...thread, ...due, data: { ...thread.data, outcome } });
    },
    heartbeat(token) {
      const thread = waiting(token);
      const { heartbeatMs, timeoutMs, startedMs = 0 } = thread.data;
      if (heartbeatMs === undefined || thread.phase !== 'token') return;
      const limits = [clock.now() + heartbeatMs, ...(timeoutMs === undefined ? [] : [startedMs + timeoutMs])];
      store.putThread({ ...thread, dueMs: Math.min(...limits) });
    },
  };
}
