import { randomUUID } from 'node:crypto';
import {
  fieldsOf,
  languageOf,
  type Machine,
  processorOf,
  type State,
  type StateOf,
  statesAt,
} from '../language/definition.ts';
import type { Json } from '../language/json.ts';
import { decideRetry, matchesError } from '../language/retry.ts';
import { StateError, toData } from '../language/state-error.ts';
import { isCallback, type TaskRunner } from '../tasks/task-runner.ts';
import {
  argumentsOf,
  choose,
  type Entered,
  failureOf,
  itemInput,
  itemsOf,
  leave,
  leaveCaught,
  numberOf,
  passResult,
  waitEndsMs,
} from './data-flow.ts';
import type { Execution, ExecutionStore, Outcome, Thread } from './execution-store.ts';
import type { Transition, Transitions } from './transitions.ts';

export interface StepDependencies {
  readonly store: ExecutionStore;
  readonly transitions: Transitions;
  readonly tasks: TaskRunner;
  readonly now: () => number;
  readonly machineOf: (execution: Execution) => Machine;
  readonly contextOf: (execution: Execution) => Readonly<Record<string, Json>>;
}

/** How many items of a Map state run side by side where it does not say: AWS's own figure for inline maps. */
const MAP_CONCURRENCY = 40;

/** Does what is due of one thread: enters its state, asks its task, or takes what it waited for. */
export async function step(thread: Thread, execution: Execution, dependencies: StepDependencies): Promise<void> {
  const machine = dependencies.machineOf(execution);
  const state = statesAt(machine, thread.path).States[thread.state];
  if (state === undefined) throw new Error(`no state ${thread.state} in the definition of ${execution.arn}`);
  const entered = enteredOf(thread, { state, machine, execution }, dependencies);
  try {
    if (thread.phase === 'ready') await enter(entered, thread, dependencies);
    else if (thread.phase === 'task') await ask(entered, thread, dependencies);
    else if (thread.phase === 'token') await takeToken(entered, thread, dependencies);
    else if (thread.phase === 'children') await takeChildren(entered, thread, dependencies);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    await handle(entered, thread, { error, dependencies, record: () => undefined });
  }
}

function enteredOf(
  thread: Thread,
  { state, machine, execution }: { state: State; machine: Machine; execution: Execution },
  { contextOf, now }: StepDependencies,
): Entered {
  const { mapItem } = thread.data;
  const context = {
    ...contextOf(execution),
    State: {
      Name: thread.state,
      EnteredTime: new Date(thread.enteredMs ?? now()).toISOString(),
      RetryCount: thread.used.reduce((sum, each) => sum + each, 0),
    },
    ...(mapItem !== undefined && { Map: { Item: mapItem } }),
    ...(thread.token !== null && { Task: { Token: thread.token } }),
  };
  const { input, variables } = thread;
  return { state, language: languageOf(machine, state), input, variables, context };
}

const nextOf = (state: State): string | undefined => (fieldsOf(state) as { Next?: string }).Next;

type Go = (work: (transition: Transition) => void) => void;

/** Commits what a thread does in its state; that it was entered is noted the first time. */
const entering =
  (thread: Thread, state: State, transitions: Transitions): Go =>
  (work) =>
    transitions.commit(thread, (transition) => {
      recordEntered(transition, state);
      work(transition);
    });

function recordEntered({ thread, record, set, nowMs }: Transition, state: State): void {
  if (thread.enteredMs !== null) return;
  set({ enteredMs: nowMs });
  const input = toData(thread.input);
  record(`${state.Type}StateEntered`, { name: thread.state, input, inputDetails: { truncated: false } });
}

async function enter(entered: Entered, thread: Thread, dependencies: StepDependencies): Promise<void> {
  const { transitions, now } = dependencies;
  const { state } = entered;
  const go = entering(thread, state, transitions);
  switch (state.Type) {
    case 'Pass': {
      const left = await leave(entered, await passResult(entered));
      return go((transition) => transition.exit(state, left, nextOf(state)));
    }
    case 'Succeed': {
      const left = await leave(entered, entered.input);
      return go((transition) => transition.exit(state, left, undefined));
    }
    case 'Fail': {
      const failure = await failureOf(entered);
      return go((transition) => transition.fail(failure));
    }
    case 'Choice': {
      const { next, ...left } = await choose(entered);
      return go((transition) => transition.exit(state, left, next));
    }
    case 'Wait': {
      if (thread.data.isOver === true) {
        const left = await leave(entered, entered.input);
        return go((transition) => transition.exit(state, left, nextOf(state)));
      }
      const dueMs = await waitEndsMs(entered, now());
      return go(({ set }) => set({ dueMs, data: { ...thread.data, isOver: true } }));
    }
    case 'Task':
      return await schedule({ ...entered, state }, thread, go);
    case 'Parallel':
      return await startBranches({ ...entered, state }, thread, go);
    case 'Map':
      return await startMap({ ...entered, state }, thread, go);
  }
}

async function schedule(entered: Entered & { state: StateOf<'Task'> }, thread: Thread, go: Go): Promise<void> {
  const { Resource } = entered.state;
  const token = isCallback(Resource) ? randomUUID() + randomUUID() : null;
  const context = token === null ? entered.context : { ...(entered.context as object), Task: { Token: token } };
  const args = await argumentsOf({ ...entered, context });
  const [timeoutSeconds, heartbeatSeconds] = [
    await numberOf(entered, 'TimeoutSeconds'),
    await numberOf(entered, 'HeartbeatSeconds'),
  ];
  const parameters = toData(args);
  go(({ record, set, nowMs }) => {
    const limits = { timeoutInSeconds: timeoutSeconds, heartbeatInSeconds: heartbeatSeconds };
    record('TaskScheduled', { ...taskOf(Resource), parameters, ...limits });
    record('TaskStarted', taskOf(Resource));
    set({
      phase: 'task',
      dueMs: nowMs,
      token,
      data: {
        ...mapItemOf(thread),
        attempt: randomUUID(),
        arguments: args,
        startedMs: nowMs,
        ...(timeoutSeconds !== undefined && { timeoutMs: timeoutSeconds * 1000 }),
        ...(heartbeatSeconds !== undefined && { heartbeatMs: heartbeatSeconds * 1000 }),
      },
    });
  });
}

const mapItemOf = ({ data: { mapItem } }: Thread) => (mapItem === undefined ? {} : { mapItem });

/** `arn:aws:states:::lambda:invoke` is resource `invoke` of type `lambda`. */
function taskOf(resource: string): { resourceType: string; resource: string } {
  const [, , service = '', , , ...rest] = resource.split(':');
  if (service !== 'states') return { resourceType: 'lambda', resource };
  return { resourceType: rest.slice(0, -1).join(':'), resource: rest.at(-1) ?? '' };
}

async function ask(entered: Entered, thread: Thread, dependencies: StepDependencies): Promise<void> {
  const { Resource } = entered.state as StateOf<'Task'>;
  const { attempt = '', arguments: args, startedMs = 0, timeoutMs, heartbeatMs, outcome: early } = thread.data;
  if (early !== undefined) return await take(entered, thread, { outcome: early, dependencies });
  const outcome = await dependencies.tasks.run({ resource: Resource, input: args, attempt });
  const nowMs = dependencies.now();
  if (timeoutMs !== undefined && nowMs - startedMs > timeoutMs) {
    return await take(entered, thread, { outcome: timeout(timeoutMs), dependencies });
  }
  if ('error' in outcome || !isCallback(Resource)) return await take(entered, thread, { outcome, dependencies });
  dependencies.transitions.commit(thread, ({ record, set, thread: current }) => {
    if (current.data.outcome !== undefined) return;
    record('TaskSubmitted', {
      ...taskOf(Resource),
      output: toData(outcome.result),
      outputDetails: { truncated: false },
    });
    const waits = [
      timeoutMs === undefined ? [] : startedMs + timeoutMs,
      heartbeatMs === undefined ? [] : nowMs + heartbeatMs,
    ].flat();
    set({ phase: 'token', dueMs: waits.length === 0 ? null : Math.min(...waits) });
  });
}

const timeout = (ms: number): Outcome => ({ error: 'States.Timeout', cause: `the task took more than ${ms / 1000} s` });

async function takeToken(entered: Entered, thread: Thread, dependencies: StepDependencies): Promise<void> {
  const { outcome, startedMs = 0, timeoutMs } = thread.data;
  if (outcome !== undefined) return await take(entered, thread, { outcome, dependencies });
  const isTimeout = timeoutMs !== undefined && dependencies.now() >= startedMs + timeoutMs;
  const late: Outcome = isTimeout
    ? timeout(timeoutMs)
    : { error: 'States.HeartbeatTimeout', cause: 'no heartbeat came in time' };
  await take(entered, thread, { outcome: late, dependencies });
}

/** What a task gave. */
async function take(
  entered: Entered,
  thread: Thread,
  { outcome, dependencies }: { outcome: Outcome; dependencies: StepDependencies },
): Promise<void> {
  const { Resource } = entered.state as StateOf<'Task'>;
  if ('error' in outcome) {
    const error = new StateError(outcome.error, outcome.cause);
    const type =
      outcome.error === 'States.Timeout' || outcome.error === 'States.HeartbeatTimeout' ? 'TaskTimedOut' : 'TaskFailed';
    const record = (transition: Transition) =>
      transition.record(type, { ...taskOf(Resource), error: outcome.error, cause: outcome.cause });
    return await handle(entered, thread, { error, dependencies, record });
  }
  const output = toData(outcome.result);
  const left = await leave(entered, outcome.result);
  dependencies.transitions.commit(thread, (transition) => {
    transition.record('TaskSucceeded', { ...taskOf(Resource), output, outputDetails: { truncated: false } });
    transition.exit(entered.state, left, nextOf(entered.state));
  });
}

async function startBranches(entered: Entered & { state: StateOf<'Parallel'> }, thread: Thread, go: Go): Promise<void> {
  const input = await argumentsOf(entered);
  toData(input);
  go(({ record, set, addChild }) => {
    record('ParallelStateStarted');
    set({ phase: 'children', dueMs: null, data: mapItemOf(thread) });
    for (const [item, branch] of entered.state.Branches.entries()) {
      const path = [...thread.path, thread.state, item];
      addChild({ item, path, state: branch.StartAt, input, data: {} });
    }
  });
}

async function startMap(entered: Entered & { state: StateOf<'Map'> }, thread: Thread, go: Go): Promise<void> {
  const items = await itemsOf(entered);
  toData(items);
  const most = (await numberOf(entered, 'MaxConcurrency')) ?? 0;
  const concurrency = most === 0 ? MAP_CONCURRENCY : Math.min(most, MAP_CONCURRENCY);
  // Due again at once: the items are started by what starts the next ones.
  go(({ record, set, nowMs }) => {
    record('MapStateStarted', { length: items.length });
    set({ phase: 'children', dueMs: nowMs, data: { ...mapItemOf(thread), items, started: 0, concurrency } });
  });
}

async function takeChildren(entered: Entered, thread: Thread, dependencies: StepDependencies): Promise<void> {
  const { store, transitions } = dependencies;
  const { state } = entered;
  const children = store.children(thread.id);
  const failed = children.find(({ phase, data }) => phase === 'done' && data.outcome !== undefined)?.data.outcome;
  if (failed !== undefined && 'error' in failed) {
    const error = new StateError(failed.error, failed.cause);
    const record = ({ record: add }: Transition) => {
      store.removeThreads(thread.execution, thread.id);
      add(`${state.Type}StateFailed`);
    };
    return await handle(entered, thread, { error, dependencies, record });
  }
  const running = children.filter(({ phase }) => phase !== 'done').length;
  const { items, started = 0, concurrency = 0 } = thread.data;
  const total = items?.length ?? children.length;
  if (running === 0 && started === (items?.length ?? 0)) {
    const left = await leave(
      entered,
      children.map(({ data }) => data.output ?? null),
    );
    return transitions.commit(thread, (transition) => {
      store.removeThreads(thread.execution, thread.id);
      transition.record(`${state.Type}StateSucceeded`);
      transition.exit(state, left, nextOf(state));
    });
  }
  const more = items === undefined ? 0 : Math.max(0, Math.min(total - started, concurrency - running));
  const inputs = await Promise.all(
    Array.from({ length: more }, async (_, i) => {
      const mapItem = { Index: started + i, Value: items?.[started + i] };
      const context = { ...(entered.context as object), Map: { Item: mapItem } };
      const input = await itemInput({ ...entered, context }, mapItem.Value);
      toData(input);
      return { mapItem, input };
    }),
  );
  transitions.commit(thread, ({ set, record, addChild, nowMs, thread: current }) => {
    const processor = state.Type === 'Map' ? processorOf(state) : undefined;
    for (const { mapItem, input } of inputs) {
      record('MapIterationStarted', { name: thread.state, index: mapItem.Index });
      const path = [...thread.path, thread.state, 0];
      addChild({ item: mapItem.Index, path, state: processor?.StartAt ?? '', input, data: { mapItem } });
    }
    // One that ended while inputs were made has woken it again.
    const ended = store.children(thread.id).filter(({ phase }) => phase === 'done').length;
    const isWoken = ended > children.length - running;
    set({
      dueMs: isWoken ? nowMs : null,
      data: { ...current.data, ...(items !== undefined && { started: started + more }) },
    });
  });
}

/** An error: tried again, caught, or the end of the thread. */
async function handle(
  entered: Entered,
  thread: Thread,
  {
    error,
    dependencies,
    record,
  }: { error: StateError; dependencies: StepDependencies; record: (t: Transition) => void },
): Promise<void> {
  const { state } = entered;
  const { transitions, now } = dependencies;
  const commit = entering(thread, state, transitions);
  const go: Go = (work) =>
    commit((transition) => {
      record(transition);
      work(transition);
    });
  const { Retry = [], Catch = [] } = 'Retry' in state ? state : {};
  const retry = decideRetry(Retry, { error: error.error, used: thread.used, random: Math.random });
  if (retry !== undefined) {
    return go(({ set }) =>
      set({ phase: 'ready', dueMs: now() + retry.delayMs, used: retry.used, token: null, data: mapItemOf(thread) }),
    );
  }
  const catcher = Catch.find(({ ErrorEquals }) => matchesError(ErrorEquals, error.error));
  if (catcher === undefined) return go((transition) => transition.fail(error));
  try {
    const left = await leaveCaught(entered, catcher, { Error: error.error, Cause: error.cause });
    toData(left.output);
    go((transition) => transition.exit(state, left, catcher.Next));
  } catch (uncaught) {
    if (!(uncaught instanceof StateError)) throw uncaught;
    go((transition) => transition.fail(uncaught));
  }
}
