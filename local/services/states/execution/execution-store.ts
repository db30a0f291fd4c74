import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../language/json.ts';

export const EXECUTION_SCHEMA = `
  CREATE TABLE IF NOT EXISTS executions (
    arn TEXT PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, status TEXT NOT NULL, input TEXT NOT NULL,
    output TEXT, error TEXT, cause TEXT, started_at_ms INTEGER NOT NULL, stopped_at_ms INTEGER, due_at_ms INTEGER, events INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS executions_stopped ON executions (stopped_at_ms) WHERE stopped_at_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS executions_due ON executions (due_at_ms) WHERE status = 'RUNNING';
  CREATE INDEX IF NOT EXISTS executions_machine ON executions (machine, started_at_ms);
  CREATE TABLE IF NOT EXISTS threads (
    id INTEGER PRIMARY KEY AUTOINCREMENT, execution TEXT NOT NULL, parent INTEGER, item INTEGER NOT NULL, path TEXT NOT NULL, state TEXT NOT NULL,
    phase TEXT NOT NULL, due_at_ms INTEGER, input TEXT NOT NULL, variables TEXT NOT NULL, used TEXT NOT NULL, entered_at_ms INTEGER,
    last_event INTEGER NOT NULL, token TEXT, data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS threads_due ON threads (due_at_ms) WHERE due_at_ms IS NOT NULL;
  CREATE INDEX IF NOT EXISTS threads_parent ON threads (parent);
  CREATE INDEX IF NOT EXISTS threads_execution ON threads (execution);
  CREATE INDEX IF NOT EXISTS threads_token ON threads (token) WHERE token IS NOT NULL;
  CREATE TABLE IF NOT EXISTS history (
    execution TEXT NOT NULL, id INTEGER NOT NULL, type TEXT NOT NULL, at_ms INTEGER NOT NULL, previous INTEGER NOT NULL, details TEXT NOT NULL,
    PRIMARY KEY (execution, id)
  ) STRICT, WITHOUT ROWID;
`;

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface Execution {
  readonly arn: string;
  readonly machine: string;
  readonly name: string;
  /** As it was when the execution started: a later one is for later executions. */
  readonly definition: string;
  readonly status: ExecutionStatus;
  /** JSON text. */
  readonly input: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly cause: string | null;
  readonly startedMs: number;
  readonly stoppedMs: number | null;
  /** When it has taken too long. */
  readonly dueMs: number | null;
  /** How many its history has. */
  readonly events: number;
}

/**
 * What a thread of control waits for. `ready`: to go on at `dueMs`; `task`: for what it asked, or for its timeout; `token`: for somebody who has
 * its token; `children`: for its branches or items; `done`: for its siblings.
 */
export type Phase = 'ready' | 'task' | 'token' | 'children' | 'done';

/** One thread of control: the execution's own, a branch of a Parallel state, an item of a Map. */
export interface Thread {
  readonly id: number;
  readonly execution: string;
  readonly parent: number | null;
  /** Its place among its parent's branches or items. */
  readonly item: number;
  /** Where its states are in the definition: see `statesAt`. */
  readonly path: readonly (string | number)[];
  readonly state: string;
  readonly phase: Phase;
  readonly dueMs: number | null;
  readonly input: Json;
  readonly variables: Readonly<Record<string, Json>>;
  /** How often each retrier of its state was used. */
  readonly used: readonly number[];
  /** When its state was entered; null where it is yet to be. */
  readonly enteredMs: number | null;
  readonly lastEvent: number;
  readonly token: string | null;
  readonly data: ThreadData;
}

/** A thread that is to enter a state at that moment. */
export const aboutToEnter = (dueMs: number) =>
  ({ phase: 'ready', dueMs, used: [], enteredMs: null, token: null }) as const satisfies Partial<Thread>;

export interface ThreadData {
  /** Tells this try of a task from all others; a try that is made again after a crash has the same. */
  readonly attempt?: string;
  /** The item that its parent runs it for. */
  readonly mapItem?: { readonly Index: number; readonly Value: Json };
  /** What woke it: a result, or an error. */
  readonly outcome?: Outcome;
  /** What its task is asked, when it began, and how long it may take. */
  readonly arguments?: Json;
  readonly startedMs?: number;
  readonly timeoutMs?: number;
  readonly heartbeatMs?: number;
  /** Of a Map: all items, and how many have been started. */
  readonly items?: readonly Json[];
  readonly started?: number;
  readonly concurrency?: number;
  /** Of one that is done. */
  readonly output?: Json;
  /** Of a Wait state that is over. */
  readonly isOver?: boolean;
}

export type Outcome = { readonly result: Json } | { readonly error: string; readonly cause: string };

export interface HistoryEvent {
  readonly id: number;
  readonly type: string;
  readonly atMs: number;
  readonly previous: number;
  readonly details: Readonly<Record<string, unknown>>;
}

type Row = Readonly<Record<string, string | number | null>>;

export interface ExecutionStore {
  find(arn: string): Execution | undefined;
  put(execution: Execution): void;
  list(machine: string): Execution[];
  /** Removes executions, with their history, that ended at that moment or before. */
  forget(stoppedMs: number): void;
  thread(id: number): Thread | undefined;
  threadByToken(token: string): Thread | undefined;
  children(parent: number): Thread[];
  addThread(thread: Omit<Thread, 'id'>): number;
  putThread(thread: Thread): void;
  /** A thread's descendants, or with null all of an execution. */
  removeThreads(execution: string, below: number | null): void;
  /** Threads of which something is due, first things first. */
  dueThreads(untilMs: number): { readonly id: number; readonly dueMs: number }[];
  dueExecutions(untilMs: number): { readonly arn: string; readonly dueMs: number }[];
  addEvent(execution: string, event: HistoryEvent): void;
  history(execution: string): HistoryEvent[];
}

export function createExecutionStore(database: DatabaseSync): ExecutionStore {
  const find = database.prepare('SELECT * FROM executions WHERE arn = ?');
  const put = database.prepare('INSERT OR REPLACE INTO executions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const list = database.prepare('SELECT * FROM executions WHERE machine = ? ORDER BY started_at_ms DESC, rowid DESC');
  const forgetHistory = database.prepare(
    'DELETE FROM history WHERE execution IN (SELECT arn FROM executions WHERE stopped_at_ms <= ?)',
  );
  const forget = database.prepare('DELETE FROM executions WHERE stopped_at_ms <= ?');
  const thread = database.prepare('SELECT * FROM threads WHERE id = ?');
  const byToken = database.prepare('SELECT * FROM threads WHERE token = ?');
  const children = database.prepare('SELECT * FROM threads WHERE parent = ? ORDER BY item');
  const add = database.prepare(
    'INSERT INTO threads (execution, parent, item, path, state, phase, due_at_ms, input, variables, used, entered_at_ms, last_event, token, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const change = database.prepare(
    'UPDATE threads SET state = ?, phase = ?, due_at_ms = ?, input = ?, variables = ?, used = ?, entered_at_ms = ?, last_event = ?, token = ?, data = ? WHERE id = ?',
  );
  const remove = database.prepare('DELETE FROM threads WHERE id = ?');
  const removeAll = database.prepare('DELETE FROM threads WHERE execution = ?');
  const due = database.prepare('SELECT id, due_at_ms FROM threads WHERE due_at_ms <= ? ORDER BY due_at_ms, id');
  const dueExecutions = database.prepare(
    "SELECT arn, due_at_ms FROM executions WHERE status = 'RUNNING' AND due_at_ms <= ? ORDER BY due_at_ms",
  );
  const event = database.prepare('INSERT INTO history VALUES (?, ?, ?, ?, ?, ?)');
  const history = database.prepare('SELECT * FROM history WHERE execution = ? ORDER BY id');

  const removeBelow = (parent: number): void => {
    for (const { id } of children.all(parent) as unknown as { id: number }[]) {
      removeBelow(id);
      remove.run(id);
    }
  };
  const threadOf = (row: unknown): Thread | undefined => (row === undefined ? undefined : toThread(row as Row));

  return {
    find: (arn) => {
      const row = find.get(arn) as Row | undefined;
      return row === undefined ? undefined : toExecution(row);
    },
    put(e) {
      const { arn, machine, name, definition, status, input, output, error, cause } = e;
      put.run(
        arn,
        machine,
        name,
        definition,
        status,
        input,
        output,
        error,
        cause,
        e.startedMs,
        e.stoppedMs,
        e.dueMs,
        e.events,
      );
    },
    list: (machine) => (list.all(machine) as Row[]).map(toExecution),
    forget(stoppedMs) {
      forgetHistory.run(Math.floor(stoppedMs));
      forget.run(Math.floor(stoppedMs));
    },
    thread: (id) => threadOf(thread.get(id)),
    threadByToken: (token) => threadOf(byToken.get(token)),
    children: (parent) => (children.all(parent) as Row[]).map(toThread),
    addThread(t) {
      const { lastInsertRowid } = add.run(t.execution, t.parent, t.item, JSON.stringify(t.path), ...changeable(t));
      return Number(lastInsertRowid);
    },
    putThread: (t) => void change.run(...changeable(t), t.id),
    removeThreads(execution, below) {
      if (below === null) removeAll.run(execution);
      else removeBelow(below);
    },
    dueThreads: (untilMs) =>
      (due.all(Math.floor(untilMs)) as Row[]).map((row) => ({
        id: Number(row['id']),
        dueMs: Number(row['due_at_ms']),
      })),
    dueExecutions: (untilMs) =>
      (dueExecutions.all(Math.floor(untilMs)) as Row[]).map((row) => ({
        arn: String(row['arn']),
        dueMs: Number(row['due_at_ms']),
      })),
    addEvent: (execution, { id, type, atMs, previous, details }) =>
      void event.run(execution, id, type, Math.floor(atMs), previous, JSON.stringify(details)),
    history: (execution) =>
      (history.all(execution) as Row[]).map((row) => ({
        id: Number(row['id']),
        type: String(row['type']),
        atMs: Number(row['at_ms']),
        previous: Number(row['previous']),
        details: JSON.parse(String(row['details'])),
      })),
  };
}

const changeable = (t: Omit<Thread, 'id'>) =>
  [
    t.state,
    t.phase,
    t.dueMs === null ? null : Math.floor(t.dueMs),
    JSON.stringify(t.input),
    JSON.stringify(t.variables),
    JSON.stringify(t.used),
    t.enteredMs === null ? null : Math.floor(t.enteredMs),
    t.lastEvent,
    t.token,
    JSON.stringify(t.data),
  ] as const;

const toThread = (row: Row): Thread => ({
  id: Number(row['id']),
  execution: String(row['execution']),
  parent: row['parent'] as number | null,
  item: Number(row['item']),
  path: JSON.parse(String(row['path'])),
  state: String(row['state']),
  phase: row['phase'] as Phase,
  dueMs: row['due_at_ms'] as number | null,
  input: JSON.parse(String(row['input'])),
  variables: JSON.parse(String(row['variables'])),
  used: JSON.parse(String(row['used'])),
  enteredMs: row['entered_at_ms'] as number | null,
  lastEvent: Number(row['last_event']),
  token: row['token'] as string | null,
  data: JSON.parse(String(row['data'])),
});

const toExecution = (row: Row): Execution => ({
  arn: String(row['arn']),
  machine: String(row['machine']),
  name: String(row['name']),
  definition: String(row['definition']),
  status: row['status'] as ExecutionStatus,
  input: String(row['input']),
  output: row['output'] as string | null,
  error: row['error'] as string | null,
  cause: row['cause'] as string | null,
  startedMs: Number(row['started_at_ms']),
  stoppedMs: row['stopped_at_ms'] as number | null,
  dueMs: row['due_at_ms'] as number | null,
  events: Number(row['events']),
});
