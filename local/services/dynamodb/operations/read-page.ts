import { crc32 } from 'node:zlib';
import { evaluateCondition } from '../expressions/evaluate-condition.ts';
import { project } from '../expressions/project.ts';
import type { BoundCondition, Path } from '../expressions/syntax.ts';
import type { Table } from '../tables/catalog.ts';
import type { Reading } from '../tables/item-store.ts';
import { type IndexDefinition, keyAttributes } from '../tables/table-definition.ts';
import { attributeOf, emptyItem, type Item } from '../values/attribute-value.ts';
import { itemBytes } from '../values/item-size.ts';

const MAX_PAGE_BYTES = 1024 * 1024;

export interface PageOptions {
  readonly table: Table;
  readonly reading: Reading;
  readonly limit: number | undefined;
  readonly filter: BoundCondition | undefined;
  readonly projection: readonly Path[] | undefined;
  /** What the index holds of each item, or everything. */
  readonly sees: 'index' | 'all';
  readonly segment?: { readonly number: number; readonly total: number } | undefined;
}

export interface Page {
  readonly items: readonly Item[];
  readonly scannedCount: number;
  readonly bytes: number;
  readonly lastEvaluatedKey: Item | undefined;
}

/** Reads until the limit or 1 MB of what was looked at, before the filter, as DynamoDB counts pages. */
export function readPage({ table, reading, limit, filter, projection, sees, segment }: PageOptions): Page {
  const items: Item[] = [];
  let bytes = 0;
  let scannedCount = 0;
  let last: Item | undefined;
  const stop = (lastEvaluatedKey: Item | undefined) => ({ items, scannedCount, bytes, lastEvaluatedKey });

  for (const { hash, item } of table.items.read(reading)) {
    if (segment !== undefined && crc32(hash) % segment.total !== segment.number) continue;
    const seen = sees === 'index' ? indexed(table, reading.index, item) : item;
    const size = itemBytes(seen);
    if (last !== undefined && bytes + size > MAX_PAGE_BYTES) return stop(keyOfRow(table, reading.index, last));
    bytes += size;
    scannedCount++;
    last = item;
    if (filter === undefined || evaluateCondition(filter, seen)) {
      items.push(projection === undefined ? seen : project(seen, projection));
    }
    if (scannedCount === limit) return stop(keyOfRow(table, reading.index, item));
  }
  return stop(undefined);
}

/** Names that an index holds: its own key, the table's, and what its projection adds. */
export function indexedNames({ definition }: Table, { key, projection }: IndexDefinition): ReadonlySet<string> {
  const keys = [...keyAttributes(key), ...keyAttributes(definition.key)].map(({ name }) => name);
  return new Set([...keys, ...projection.attributes]);
}

function indexed(table: Table, index: IndexDefinition | undefined, item: Item): Item {
  return index === undefined || index.projection.type === 'ALL' ? item : pick(item, indexedNames(table, index));
}

function keyOfRow({ definition }: Table, index: IndexDefinition | undefined, item: Item): Item {
  const attributes = [...(index === undefined ? [] : keyAttributes(index.key)), ...keyAttributes(definition.key)];
  return pick(item, new Set(attributes.map(({ name }) => name)));
}

function pick(item: Item, names: Iterable<string>): Item {
  const picked = emptyItem();
  for (const name of names) {
    const value = attributeOf(item, name);
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
