import type { SQLInputValue } from 'node:sqlite';
import type { Item } from '../values/attribute-value.ts';
import { itemBytes } from '../values/item-size.ts';
import { dueSpan, expiryOf } from './expiry.ts';
import { findIndexKey, type Key } from './item-key.ts';
import type { Prepare } from './statements.ts';
import type { IndexDefinition, TableDefinition } from './table-definition.ts';

/** Where a row stands in the table or index that is read; index entries of equal keys are ordered by the item's own key. */
export interface Position extends Key {
  readonly item?: Key;
}

export interface RangeBounds {
  readonly lower?: { readonly bytes: Buffer; readonly inclusive: boolean };
  readonly upper?: { readonly bytes: Buffer; readonly inclusive: boolean };
}

export interface Reading {
  readonly index: IndexDefinition | undefined;
  /** One partition only. */
  readonly hash?: Buffer;
  readonly bounds?: RangeBounds;
  /** Begin behind this row. */
  readonly after?: Position | undefined;
  readonly forward: boolean;
}

export interface Row {
  readonly hash: Buffer;
  readonly item: Item;
}

/** One table's items on disk, with its indexes kept in step. */
export interface ItemStore {
  get(key: Key): Item | undefined;
  /** Stores `next`, or removes the item where `next` is undefined; `old` is what `get` returned. */
  replace(key: Key, old: Item | undefined, next: Item | undefined): void;
  read(reading: Reading): Iterable<Row>;
  /** Whether anything may have expired by this time. */
  isDue(nowMs: number): boolean;
  /** Deletes what has expired by this time. */
  expire(nowMs: number): void;
  totals(): { readonly count: number; readonly bytes: number };
}

export interface StoreNames {
  readonly items: string;
  readonly indexes: ReadonlyMap<string, string>;
}

interface ItemRow {
  readonly hash: Uint8Array;
  readonly item: string;
}

/** @param prepare of the service's one database; @param names of the SQLite tables that hold this table */
export function createItemStore(prepare: Prepare, definition: TableDefinition, names: StoreNames): ItemStore {
  const { items } = names;
  const indexes = definition.indexes.map((index) => ({ index, table: names.indexes.get(index.name) as string }));
  // Unknown until the first look, and never later than the truth.
  let nextExpiry = definition.ttlAttribute === undefined ? Infinity : -Infinity;

  const keyMatches = 'hash = ? AND range = ?';
  const selectItem = prepare(`SELECT item FROM ${items} WHERE ${keyMatches}`);
  const upsertItem = prepare(
    `INSERT INTO ${items} (hash, range, item, bytes, expires_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (hash, range) DO UPDATE SET item = excluded.item, bytes = excluded.bytes, expires_at = excluded.expires_at`,
  );
  const deleteItem = prepare(`DELETE FROM ${items} WHERE ${keyMatches}`);

  function reindex(key: Key, old: Item | undefined, next: Item | undefined): void {
    for (const { index, table } of indexes) {
      const before = old && findIndexKey(index, old);
      const after = next && findIndexKey(index, next);
      if (before && after && before.hash.equals(after.hash) && before.range.equals(after.range)) continue;
      if (before) {
        const remove = prepare(`DELETE FROM ${table} WHERE ${keyMatches} AND item_hash = ? AND item_range = ?`);
        remove.run(before.hash, before.range, key.hash, key.range);
      }
      if (after) {
        const add = prepare(`INSERT INTO ${table} (hash, range, item_hash, item_range) VALUES (?, ?, ?, ?)`);
        add.run(after.hash, after.range, key.hash, key.range);
      }
    }
  }

  const store: ItemStore = {
    get({ hash, range }) {
      const row = selectItem.get(hash, range) as { item: string } | undefined;
      return row && (JSON.parse(row.item) as Item);
    },

    replace(key, old, next) {
      if (next === undefined) {
        if (old !== undefined) deleteItem.run(key.hash, key.range);
      } else {
        const expiresAt = expiryOf(next, definition.ttlAttribute);
        upsertItem.run(key.hash, key.range, JSON.stringify(next), itemBytes(next), expiresAt);
        if (expiresAt !== null) nextExpiry = Math.min(nextExpiry, expiresAt);
      }
      reindex(key, old, next);
    },

    *read(reading) {
      const index = indexes.find((candidate) => candidate.index.name === reading.index?.name);
      const { sql, parameters } = readingSql({ items, index: index?.table }, reading);
      for (const row of prepare(sql).iterate(...parameters)) {
        const { hash, item } = row as unknown as ItemRow;
        yield { hash: Buffer.from(hash), item: JSON.parse(item) as Item };
      }
    },

    isDue: (nowMs) => nextExpiry <= dueSpan(nowMs).newest,

    expire(nowMs) {
      const { oldest, newest } = dueSpan(nowMs);
      const due = prepare(`SELECT hash, range FROM ${items} WHERE expires_at > ? AND expires_at <= ?`).all(
        oldest,
        newest,
      );
      for (const row of due) {
        const key = { hash: Buffer.from(row['hash'] as Uint8Array), range: Buffer.from(row['range'] as Uint8Array) };
        store.replace(key, store.get(key), undefined);
      }
      const next = prepare(`SELECT min(expires_at) AS next FROM ${items} WHERE expires_at > ?`).get(newest);
      nextExpiry = (next?.['next'] as number | null | undefined) ?? Infinity;
    },

    totals() {
      const row = prepare(`SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM ${items}`).get();
      return { count: Number(row?.['count']), bytes: Number(row?.['bytes']) };
    },
  };
  return store;
}

function readingSql(
  tables: { items: string; index: string | undefined },
  { hash, bounds, after, forward }: Reading,
): { sql: string; parameters: SQLInputValue[] } {
  const conditions: string[] = [];
  const parameters: SQLInputValue[] = [];
  const where = (condition: string, ...values: SQLInputValue[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (hash !== undefined) where('k.hash = ?', hash);
  if (bounds?.lower) where(`k.range ${bounds.lower.inclusive ? '>=' : '>'} ?`, bounds.lower.bytes);
  if (bounds?.upper) where(`k.range ${bounds.upper.inclusive ? '<=' : '<'} ?`, bounds.upper.bytes);
  const columns = [
    ...(hash === undefined ? ['k.hash'] : []),
    'k.range',
    ...(tables.index === undefined ? [] : ['k.item_hash', 'k.item_range']),
  ];
  if (after !== undefined) {
    const values = [
      ...(hash === undefined ? [after.hash] : []),
      after.range,
      ...(after.item === undefined ? [] : [after.item.hash, after.item.range]),
    ];
    where(`(${columns.join(', ')}) ${forward ? '>' : '<'} (${values.map(() => '?').join(', ')})`, ...values);
  }
  const from =
    tables.index === undefined
      ? `SELECT k.hash, k.item FROM ${tables.items} k`
      : // CROSS JOIN keeps SQLite from turning the join round, which would lose the index's order.
        `SELECT k.hash, t.item FROM ${tables.index} k CROSS JOIN ${tables.items} t ON t.hash = k.item_hash AND t.range = k.item_range`;
  const order = columns.map((column) => `${column} ${forward ? 'ASC' : 'DESC'}`).join(', ');
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return { sql: `${from}${filter} ORDER BY ${order}`, parameters };
}
