import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../sqlite.ts';
import { tableInUse, tableNotFound } from '../protocol/errors.ts';
import type { Item } from '../values/attribute-value.ts';
import { expiryOf } from './expiry.ts';
import { findIndexKey } from './item-key.ts';
import { createItemStore, type ItemStore } from './item-store.ts';
import { createStatements, type Prepare } from './statements.ts';
import { describeKey, type IndexDefinition, isSameKey, type TableDefinition } from './table-definition.ts';
import { TablePropertiesError } from './table-properties-error.ts';

export interface Table {
  readonly definition: TableDefinition;
  readonly createdAtMs: number;
  readonly items: ItemStore;
}

/** The tables of the service, on disk. */
export interface Catalog {
  /** The table, rid of what has expired; not to be called inside a transaction. @throws ResourceNotFoundException */
  table(name: string): Table;
  names(): readonly string[];
  /** @throws ResourceInUseException when the table exists */
  create(definition: TableDefinition): void;
  /** Creates the table or brings it to this definition, keeping its items. @throws TablePropertiesError where AWS would have to replace the table or index */
  ensure(definition: TableDefinition): void;
  /** Replaces settings that concern neither keys nor indexes. */
  change(definition: TableDefinition): void;
  drop(name: string): void;
}

interface TableRow {
  readonly id: number;
  readonly name: string;
  readonly definition: string;
  readonly created_at_ms: number;
}

export function createCatalog(database: DatabaseSync, now: () => number): Catalog {
  const prepare = createStatements(database);
  const opened = new Map<string, Table>();

  const findRow = (name: string) =>
    prepare('SELECT id, name, definition, created_at_ms FROM dynamodb_tables WHERE name = ?').get(name) as
      | TableRow
      | undefined;

  function open(name: string): Table | undefined {
    const row = findRow(name);
    if (row === undefined) return undefined;
    const definition = JSON.parse(row.definition) as TableDefinition;
    const indexes = new Map(indexRows(prepare, row.id).map(({ id, name: index }) => [index, indexTable(id)]));
    const items = createItemStore(prepare, definition, { items: itemTable(row.id), indexes });
    const table = { definition, createdAtMs: row.created_at_ms, items };
    opened.set(name, table);
    return table;
  }

  function insert(definition: TableDefinition): void {
    const { lastInsertRowid } = prepare(
      'INSERT INTO dynamodb_tables (name, definition, created_at_ms) VALUES (?, ?, ?)',
    ).run(definition.name, JSON.stringify(definition), Math.floor(now()));
    const id = Number(lastInsertRowid);
    database.exec(itemTableSql(itemTable(id)));
    for (const index of definition.indexes) addIndex(id, index);
  }

  function addIndex(tableId: number, index: IndexDefinition): void {
    const { lastInsertRowid } = prepare('INSERT INTO dynamodb_indexes (table_id, name) VALUES (?, ?)').run(
      tableId,
      index.name,
    );
    const table = indexTable(Number(lastInsertRowid));
    database.exec(indexTableSql(table));
    const add = prepare(`INSERT INTO ${table} (hash, range, item_hash, item_range) VALUES (?, ?, ?, ?)`);
    for (const row of prepare(`SELECT hash, range, item FROM ${itemTable(tableId)}`).all()) {
      // What the index cannot hold is left out of it, as on AWS.
      const key = findIndexKey(index, JSON.parse(row['item'] as string) as Item);
      if (key !== undefined) add.run(key.hash, key.range, row['hash'] as Uint8Array, row['range'] as Uint8Array);
    }
  }

  function dropIndex(tableId: number, name: string): void {
    const row = indexRows(prepare, tableId).find((candidate) => candidate.name === name);
    if (row === undefined) return;
    database.exec(`DROP TABLE ${indexTable(row.id)}`);
    prepare('DELETE FROM dynamodb_indexes WHERE id = ?').run(row.id);
  }

  function save(id: number, definition: TableDefinition): void {
    prepare('UPDATE dynamodb_tables SET definition = ? WHERE id = ?').run(JSON.stringify(definition), id);
    opened.delete(definition.name);
  }

  function refreshExpiry(id: number, { ttlAttribute }: TableDefinition): void {
    const update = prepare(`UPDATE ${itemTable(id)} SET expires_at = ? WHERE hash = ? AND range = ?`);
    for (const row of prepare(`SELECT hash, range, item FROM ${itemTable(id)}`).all()) {
      const expiresAt = expiryOf(JSON.parse(row['item'] as string) as Item, ttlAttribute);
      update.run(expiresAt, row['hash'] as Uint8Array, row['range'] as Uint8Array);
    }
  }

  function update(row: TableRow, definition: TableDefinition): void {
    if (row.definition === JSON.stringify(definition)) return;
    const old = JSON.parse(row.definition) as TableDefinition;
    const wanted = new Map(definition.indexes.map((index) => [index.name, index]));
    for (const { name } of old.indexes) if (!wanted.has(name)) dropIndex(row.id, name);
    const existing = new Set(old.indexes.map(({ name }) => name));
    for (const index of definition.indexes) if (!existing.has(index.name)) addIndex(row.id, index);
    if (old.ttlAttribute !== definition.ttlAttribute) refreshExpiry(row.id, definition);
    save(row.id, definition);
  }

  const requireRow = (name: string) => {
    const row = findRow(name);
    if (row === undefined) throw tableNotFound(name);
    return row;
  };

  return {
    table(name) {
      const table = opened.get(name) ?? open(name);
      if (table === undefined) throw tableNotFound();
      const nowMs = now();
      if (table.items.isDue(nowMs)) inTransaction(database, () => table.items.expire(nowMs));
      return table;
    },
    names() {
      return prepare('SELECT name FROM dynamodb_tables ORDER BY name')
        .all()
        .map((row) => row['name'] as string);
    },
    create(definition) {
      if (findRow(definition.name) !== undefined) throw tableInUse(definition.name);
      inTransaction(database, () => insert(definition));
    },
    ensure(definition) {
      const row = findRow(definition.name);
      if (row !== undefined) assertUpdatable(JSON.parse(row.definition) as TableDefinition, definition);
      inTransaction(database, () => (row === undefined ? insert(definition) : update(row, definition)));
    },
    change(definition) {
      const row = requireRow(definition.name);
      inTransaction(database, () => update(row, definition));
    },
    drop(name) {
      const row = requireRow(name);
      inTransaction(database, () => {
        for (const index of indexRows(prepare, row.id)) dropIndex(row.id, index.name);
        database.exec(`DROP TABLE ${itemTable(row.id)}`);
        prepare('DELETE FROM dynamodb_tables WHERE id = ?').run(row.id);
      });
      opened.delete(name);
    },
  };
}

function assertUpdatable(old: TableDefinition, next: TableDefinition): void {
  const fail = (problem: string) =>
    new TablePropertiesError(old.name, `${problem}; give it a new name, or remove the local state to start empty`);
  if (!isSameKey(old.key, next.key)) {
    throw fail(`its key is (${describeKey(old.key)}) and cannot become (${describeKey(next.key)})`);
  }
  const local = ({ indexes }: TableDefinition) =>
    indexes.filter(({ scope }) => scope === 'local').map(({ name }) => name);
  if (local(old).sort().join() !== local(next).sort().join()) {
    throw fail('local indexes cannot be added to or removed from a table that exists');
  }
  for (const index of next.indexes) {
    const before = old.indexes.find(({ name }) => name === index.name);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(index)) {
      throw fail(`index '${index.name}' cannot change its key or projection`);
    }
  }
}

const itemTable = (id: number) => `items_${id}`;
const indexTable = (id: number) => `index_${id}`;

function indexRows(prepare: Prepare, tableId: number): readonly { readonly id: number; readonly name: string }[] {
  return prepare('SELECT id, name FROM dynamodb_indexes WHERE table_id = ?').all(tableId) as unknown as {
    id: number;
    name: string;
  }[];
}

const itemTableSql = (table: string) => `
  CREATE TABLE ${table} (
    hash BLOB NOT NULL, range BLOB NOT NULL, item TEXT NOT NULL, bytes INTEGER NOT NULL, expires_at REAL, PRIMARY KEY (hash, range)
  ) STRICT;
  CREATE INDEX ${table}_expiry ON ${table} (expires_at) WHERE expires_at IS NOT NULL`;

const indexTableSql = (table: string) => `
  CREATE TABLE ${table} (
    hash BLOB NOT NULL, range BLOB NOT NULL, item_hash BLOB NOT NULL, item_range BLOB NOT NULL,
    PRIMARY KEY (hash, range, item_hash, item_range)
  ) STRICT, WITHOUT ROWID`;
