import { project } from '../expressions/project.ts';
import { validationError } from '../protocol/errors.ts';
import { constraint, readObject, readParameters } from '../protocol/parameters.ts';
import { type Key, readKey } from '../tables/item-key.ts';
import type { Item } from '../values/attribute-value.ts';
import { itemBytes } from '../values/item-size.ts';
import { parseItem } from '../values/parse-attribute-value.ts';
import { CAPACITY_CHOICES, consumedCapacities, readUnits } from './consumed-capacity.ts';
import type { Context, Operation } from './context.ts';
import { readExpressions } from './expressions.ts';

const BATCH = { RequestItems: 'object!', ReturnConsumedCapacity: CAPACITY_CHOICES } as const;
const KEYS = {
  Keys: 'list!',
  ConsistentRead: 'boolean',
  ProjectionExpression: 'string',
  ExpressionAttributeNames: 'names',
} as const;

const MAX_KEYS = 100;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export const batchGetItem: Operation = (context, body) => {
  const request = readParameters(BATCH, body);
  const tables = Object.entries(request.RequestItems);
  if (tables.length === 0) {
    throw constraint('RequestItems', "'{}'", 'Member must have length greater than or equal to 1');
  }
  const reads = tables.map(([name, keys]) => readKeys(context, name, keys));
  if (reads.reduce((sum, { keys }) => sum + keys.length, 0) > MAX_KEYS) {
    throw validationError('Too many items requested for the BatchGetItem call');
  }

  let bytes = 0;
  const responses: Record<string, Item[]> = {};
  const unprocessed: Record<string, object> = {};
  const consumptions: { table: string; units: number }[] = [];
  for (const { table, keys, consistent, show, given } of reads) {
    const { name } = table.definition;
    const items: Item[] = [];
    const left: unknown[] = [];
    for (const { key, raw } of keys) {
      const item = table.items.get(key);
      const size = item === undefined ? 0 : itemBytes(item);
      if (bytes + size > MAX_ANSWER_BYTES) {
        left.push(raw);
        continue;
      }
      bytes += size;
      consumptions.push({ table: name, units: readUnits(size, { consistent }) });
      if (item !== undefined) items.push(show(item));
    }
    responses[name] = items;
    if (left.length > 0) unprocessed[name] = { ...given, Keys: left };
  }
  return {
    Responses: responses,
    UnprocessedKeys: unprocessed,
    ...consumedCapacities(request.ReturnConsumedCapacity, consumptions),
  };
};

function readKeys({ catalog, parsers }: Context, name: string, raw: unknown) {
  const given = readObject(raw);
  const request = readParameters(KEYS, given);
  if (request.Keys.length === 0) throw constraint('Keys', "'[]'", 'Member must have length greater than or equal to 1');
  const expressions = readExpressions(parsers, request);
  const paths = expressions.projection(request.ProjectionExpression);
  expressions.finish();
  const table = catalog.table(name);
  const keys = request.Keys.map((raw) => ({ raw, key: readKey(table.definition.key, parseItem(raw)) }));
  assertNoDuplicates(keys.map(({ key }) => key));
  const show = (item: Item) => (paths === undefined ? item : project(item, paths));
  return { table, keys, show, consistent: request.ConsistentRead, given };
}

/** @throws ValidationException when one item is asked for twice */
export function assertNoDuplicates(keys: readonly Key[]): void {
  const places = new Set(keys.map(({ hash, range }) => `${hash.toString('base64')} ${range.toString('base64')}`));
  if (places.size < keys.length) throw validationError('Provided list of item keys contains duplicates');
}
