import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { AgendaSource } from '../../agenda.ts';

export const DELIVERY_SCHEMA = `
  CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, target TEXT NOT NULL, payload TEXT NOT NULL, created_at_ms INTEGER NOT NULL, due_at_ms INTEGER NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0, uuid TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at_ms);
  CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY, target TEXT NOT NULL, payload TEXT NOT NULL, created_at_ms INTEGER NOT NULL, given_up_at_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL, reason TEXT NOT NULL
  ) STRICT;
`;

/** Something on its way to a target. */
export interface Delivery {
  /** A UUID, the same at every try: what takes it once has no second effect. */
  readonly id: string;
  readonly target: string;
  readonly payload: string;
  readonly createdMs: number;
  /** Tries before this one. */
  readonly attempt: number;
}

export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'gave-up'; readonly reason: string };

export interface DeadLetter {
  readonly target: string;
  readonly payload: unknown;
  readonly attempts: number;
  readonly givenUpAtMs: number;
  readonly reason: string;
}

/** What must reach a target at least once: on disk from `add` until it was delivered or given up. */
export interface DeliveryQueue extends AgendaSource {
  add(delivery: { target: string; payload: unknown; atMs: number }): void;
  deadLetters(): DeadLetter[];
}

interface Row {
  readonly id: number;
  readonly uuid: string;
  readonly target: string;
  readonly payload: string;
  readonly created_at_ms: number;
  readonly due_at_ms: number;
  readonly attempt: number;
}

const DEAD_LETTERS_KEPT = 1000;

/** A queue in a service's own database, so that what puts something in can do it in the same transaction. */
export function createDeliveryQueue(
  database: DatabaseSync,
  deliver: (delivery: Delivery) => Promise<Outcome>,
  now: () => number,
): DeliveryQueue {
  database.exec(DELIVERY_SCHEMA);
  addUuids(database);
  const insert = database.prepare(
    'INSERT INTO deliveries (target, payload, created_at_ms, due_at_ms, uuid) VALUES (?, ?, ?, ?, ?)',
  );
  const due = database.prepare('SELECT * FROM deliveries WHERE due_at_ms <= ? ORDER BY due_at_ms, id');
  const remove = database.prepare('DELETE FROM deliveries WHERE id = ?');
  const retry = database.prepare('UPDATE deliveries SET due_at_ms = ?, attempt = attempt + 1 WHERE id = ?');
  const bury = database.prepare(
    'INSERT INTO dead_letters (target, payload, created_at_ms, given_up_at_ms, attempts, reason) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const forget = database.prepare('DELETE FROM dead_letters WHERE id <= (SELECT max(id) FROM dead_letters) - ?');
  const letters = database.prepare('SELECT * FROM dead_letters ORDER BY id DESC');
  const underWay = new Set<number>();

  const waiting = (untilMs: number): Row[] =>
    (due.all(Math.floor(untilMs)) as unknown as Row[]).filter(({ id }) => !underWay.has(id));

  const settle = (row: Row, outcome: Outcome): void => {
    // The platform is closing: it is tried again at the next start.
    if (!database.isOpen) return;
    if (outcome.kind === 'retry') retry.run(Math.floor(now() + outcome.afterMs), row.id);
    else remove.run(row.id);
    if (outcome.kind !== 'gave-up') return;
    bury.run(row.target, row.payload, row.created_at_ms, Math.floor(now()), row.attempt + 1, outcome.reason);
    forget.run(DEAD_LETTERS_KEPT);
  };

  return {
    add({ target, payload, atMs }) {
      const at = Math.floor(atMs);
      insert.run(target, JSON.stringify(payload), at, at, randomUUID());
    },
    next: (untilMs) => waiting(untilMs)[0]?.due_at_ms,
    async run(atMs) {
      const rows = waiting(atMs);
      for (const { id } of rows) underWay.add(id);
      const work = rows.map(async (row) => {
        const { id, uuid, target, payload, attempt, created_at_ms: createdMs } = row;
        try {
          settle(row, await deliver({ id: uuid, target, payload, attempt, createdMs }));
        } finally {
          underWay.delete(id);
        }
      });
      await Promise.all(work);
    },
    deadLetters: () =>
      (letters.all() as unknown as (Row & { given_up_at_ms: number; attempts: number; reason: string })[]).map(
        (row) => ({
          target: row.target,
          payload: JSON.parse(row.payload),
          attempts: row.attempts,
          givenUpAtMs: row.given_up_at_ms,
          reason: row.reason,
        }),
      ),
  };
}

/** Folders of before have deliveries without one. */
function addUuids(database: DatabaseSync): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('deliveries')").all() as { name: string }[];
  if (columns.some(({ name }) => name === 'uuid')) return;
  database.exec("ALTER TABLE deliveries ADD COLUMN uuid TEXT NOT NULL DEFAULT ''");
  database.exec('UPDATE deliveries SET uuid = lower(hex(randomblob(16)))');
}
