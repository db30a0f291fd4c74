import { applyUpdate, createsItem } from '../expressions/apply-update.ts';
import { updatedPaths } from '../expressions/check-update.ts';
import { evaluateCondition } from '../expressions/evaluate-condition.ts';
import type { BoundCondition, BoundUpdate } from '../expressions/syntax.ts';
import { validationError } from '../protocol/errors.ts';
import type { Table } from '../tables/catalog.ts';
import { indexKeyOf, type Key, readItemKey, readKey } from '../tables/item-key.ts';
import { keyAttributes } from '../tables/table-definition.ts';
import { emptyItem, type Item } from '../values/attribute-value.ts';
import { itemBytes, MAX_ITEM_BYTES } from '../values/item-size.ts';

/** One item's change, ready to be carried out: what to look for and what follows from what is found. */
export interface Write {
  readonly table: Table;
  /** @throws ValidationException for a key or item that the table cannot hold */
  locate(): Key;
  readonly condition: BoundCondition | undefined;
  /** The item afterwards; undefined where there is none. @throws ValidationException */
  next(old: Item | undefined): Item | undefined;
  /** Size of what the request itself brings. */
  readonly payload: Item;
}

export function putWrite(table: Table, item: Item, condition: BoundCondition | undefined): Write {
  return {
    table,
    locate() {
      const key = readItemKey(table.definition.key, item);
      assertStorable(table, item, 'Item size has exceeded the maximum allowed size');
      return key;
    },
    condition,
    next: () => item,
    payload: item,
  };
}

export function deleteWrite(table: Table, key: Item, condition: BoundCondition | undefined): Write {
  return {
    table,
    locate: () => readKey(table.definition.key, key),
    condition,
    next: () => undefined,
    payload: key,
  };
}

/** A condition alone: it finds the item and leaves it as it is. */
export function checkWrite(table: Table, key: Item, condition: BoundCondition | undefined): Write {
  return { ...deleteWrite(table, key, condition), next: (old) => old };
}

export function updateWrite(
  table: Table,
  key: Item,
  { update, condition }: { update: BoundUpdate | undefined; condition: BoundCondition | undefined },
): Write {
  if (update !== undefined) assertNotKey(table, update);
  return {
    table,
    locate: () => readKey(table.definition.key, key),
    condition,
    next(old) {
      if (old === undefined && update !== undefined && !createsItem(update)) return undefined;
      const item = old ?? Object.assign(emptyItem(), key);
      const next = update === undefined ? item : applyUpdate(update, item);
      assertStorable(table, next, 'Item size to update has exceeded the maximum allowed size');
      return next;
    },
    payload: key,
  };
}

export function conditionHolds({ condition }: Write, old: Item | undefined): boolean {
  return condition === undefined || evaluateCondition(condition, old ?? emptyItem());
}

/** Bytes that the write is charged for: the larger of the item before and after. */
export function chargedBytes(old: Item | undefined, next: Item | undefined): number {
  return Math.max(old === undefined ? 0 : itemBytes(old), next === undefined ? 0 : itemBytes(next));
}

function assertStorable({ definition }: Table, item: Item, whenTooLarge: string): void {
  for (const index of definition.indexes) indexKeyOf(index, item);
  if (itemBytes(item) > MAX_ITEM_BYTES) throw validationError(whenTooLarge);
}

function assertNotKey({ definition }: Table, update: BoundUpdate): void {
  const names = new Set(keyAttributes(definition.key).map(({ name }) => name));
  for (const { parts } of updatedPaths(update)) {
    const [name] = parts;
    if (typeof name === 'string' && names.has(name)) {
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      );
    }
  }
}
