import { inTransaction } from '../../sqlite.ts';
import { serializationError, validationError } from '../protocol/errors.ts';
import { constraint, readParameters } from '../protocol/parameters.ts';
import { assertNoDuplicates } from './batch-get.ts';
import { CAPACITY_CHOICES, consumedCapacities, writeUnits } from './consumed-capacity.ts';
import type { Context, Operation } from './context.ts';
import { chargedBytes, deleteWrite, putWrite, type Write } from './write.ts';

const BATCH = {
  RequestItems: 'object!',
  ReturnConsumedCapacity: CAPACITY_CHOICES,
  ReturnItemCollectionMetrics: ['NONE'],
} as const;
const ELEMENT = { PutRequest: 'object', DeleteRequest: 'object' } as const;
const PUT = { Item: 'item!' } as const;
const DELETE = { Key: 'item!' } as const;

const MAX_WRITES = 25;

export const batchWriteItem: Operation = (context, body) => {
  const request = readParameters(BATCH, body);
  const tables = Object.entries(request.RequestItems).map(
    ([name, elements]) => [name, asList(name, elements)] as const,
  );
  const count = tables.reduce((sum, [, elements]) => sum + elements.length, 0);
  if (count === 0) throw constraint('RequestItems', "'{}'", 'Member must have length greater than or equal to 1');
  if (count > MAX_WRITES) throw validationError('Too many items requested for the BatchWriteItem call');
  const writes = tables.flatMap(([name, elements]) => readWrites(context, name, elements));
  const consumptions = inTransaction(context.database, () =>
    writes.map(({ write, key }) => {
      const { items, definition } = write.table;
      const old = items.get(key);
      const next = write.next(old);
      items.replace(key, old, next);
      return { table: definition.name, units: writeUnits(chargedBytes(old, next)) };
    }),
  );
  return { UnprocessedItems: {}, ...consumedCapacities(request.ReturnConsumedCapacity, consumptions) };
};

function readWrites(context: Context, name: string, elements: readonly unknown[]) {
  const table = context.catalog.table(name);
  const writes = elements.map((element): Write => {
    const { PutRequest, DeleteRequest } = readParameters(ELEMENT, element);
    if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
      throw validationError('Each write of a batch must be exactly one of PutRequest and DeleteRequest');
    }
    return PutRequest === undefined
      ? deleteWrite(table, readParameters(DELETE, DeleteRequest).Key, undefined)
      : putWrite(table, readParameters(PUT, PutRequest).Item, undefined);
  });
  const located = writes.map((write) => ({ write, key: write.locate() }));
  assertNoDuplicates(located.map(({ key }) => key));
  return located;
}

function asList(table: string, elements: unknown): readonly unknown[] {
  if (!Array.isArray(elements)) throw serializationError(`the writes to '${table}' must be a list`);
  return elements;
}
