import { validationError } from '../protocol/errors.ts';
import type { Table } from '../tables/catalog.ts';
import { indexKeyOf, readKey } from '../tables/item-key.ts';
import type { Position } from '../tables/item-store.ts';
import { type IndexDefinition, type KeySchema, keyAttributes } from '../tables/table-definition.ts';
import { attributeOf, emptyItem, type Item, typeOf } from '../values/attribute-value.ts';
import type { KeyRange } from './key-condition.ts';

/** Where a page begins: behind the row that `ExclusiveStartKey` names, which need not be there any more. */
export function startAfter(
  table: Table,
  index: IndexDefinition | undefined,
  given: Item | undefined,
): Position | undefined {
  if (given === undefined) return undefined;
  const { key } = table.definition;
  const attributes = [...keyAttributes(key), ...(index === undefined ? [] : keyAttributes(index.key))];
  const names = new Set(attributes.map(({ name }) => name));
  const fits = attributes.every(({ name, type }) => {
    const value = attributeOf(given, name);
    return value !== undefined && typeOf(value) === type;
  });
  if (!fits || Object.keys(given).length !== names.size) {
    throw validationError('The provided starting key is invalid: The provided key element does not match the schema');
  }
  const itemKey = readKey(key, only(given, key));
  const indexKey = index && indexKeyOf(index, given);
  return indexKey === undefined ? itemKey : { ...indexKey, item: itemKey };
}

function only(item: Item, schema: KeySchema): Item {
  const picked = emptyItem();
  for (const { name } of keyAttributes(schema)) {
    const value = attributeOf(item, name);
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/** @throws ValidationException for a starting key that the query could not have come to */
export function assertWithin({ hash, bounds }: KeyRange, after: Position): void {
  const low = bounds.lower && Buffer.compare(after.range, bounds.lower.bytes) < 0;
  const high = bounds.upper && Buffer.compare(after.range, bounds.upper.bytes) > 0;
  if (after.hash.equals(hash) && !low && !high) return;
  throw validationError('The provided starting key is outside query boundaries based on provided conditions');
}
