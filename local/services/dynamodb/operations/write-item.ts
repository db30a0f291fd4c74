import { inTransaction } from '../../sqlite.ts';
import { updatedPaths } from '../expressions/check-update.ts';
import { project } from '../expressions/project.ts';
import type { BoundUpdate } from '../expressions/syntax.ts';
import { conditionFailed, validationError } from '../protocol/errors.ts';
import { readParameters } from '../protocol/parameters.ts';
import type { Item } from '../values/attribute-value.ts';
import { CAPACITY_CHOICES, type CapacityChoice, consumedCapacity, writeUnits } from './consumed-capacity.ts';
import type { Context, Operation } from './context.ts';
import { readExpressions } from './expressions.ts';
import { chargedBytes, conditionHolds, deleteWrite, putWrite, updateWrite, type Write } from './write.ts';

const RETURN_VALUES = ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'] as const;
type ReturnValues = (typeof RETURN_VALUES)[number] | undefined;

const COMMON = {
  TableName: 'string!',
  ConditionExpression: 'string',
  ExpressionAttributeNames: 'names',
  ExpressionAttributeValues: 'item',
  ReturnValues: RETURN_VALUES,
  ReturnValuesOnConditionCheckFailure: ['NONE', 'ALL_OLD'],
  ReturnConsumedCapacity: CAPACITY_CHOICES,
  // The size of item collections is not kept: the answer to SIZE would be invented.
  ReturnItemCollectionMetrics: ['NONE'],
} as const;
const PUT = { ...COMMON, Item: 'item!' } as const;
const DELETE = { ...COMMON, Key: 'item!' } as const;
const UPDATE = { ...DELETE, UpdateExpression: 'string' } as const;

export const putItem: Operation = (context, body) => {
  const request = readParameters(PUT, body);
  assertOldOrNone(request.ReturnValues);
  const expressions = readExpressions(context.parsers, request);
  const condition = expressions.condition('ConditionExpression', request.ConditionExpression);
  expressions.finish();
  return writeOne(context, putWrite(context.catalog.table(request.TableName), request.Item, condition), request);
};

export const deleteItem: Operation = (context, body) => {
  const request = readParameters(DELETE, body);
  assertOldOrNone(request.ReturnValues);
  const expressions = readExpressions(context.parsers, request);
  const condition = expressions.condition('ConditionExpression', request.ConditionExpression);
  expressions.finish();
  return writeOne(context, deleteWrite(context.catalog.table(request.TableName), request.Key, condition), request);
};

export const updateItem: Operation = (context, body) => {
  const request = readParameters(UPDATE, body);
  const expressions = readExpressions(context.parsers, request);
  const update = expressions.update(request.UpdateExpression);
  const condition = expressions.condition('ConditionExpression', request.ConditionExpression);
  expressions.finish();
  const write = updateWrite(context.catalog.table(request.TableName), request.Key, { update, condition });
  return writeOne(context, write, { ...request, update });
};

interface Answering {
  readonly ReturnValues?: ReturnValues;
  readonly ReturnValuesOnConditionCheckFailure?: 'NONE' | 'ALL_OLD' | undefined;
  readonly ReturnConsumedCapacity?: CapacityChoice;
  readonly update?: BoundUpdate | undefined;
}

function writeOne({ database }: Context, write: Write, answering: Answering): object {
  const { items, definition } = write.table;
  const key = write.locate();
  return inTransaction(database, () => {
    const old = items.get(key);
    if (!conditionHolds(write, old)) {
      const isWanted = answering.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old !== undefined;
      throw conditionFailed(isWanted ? { Item: old } : {});
    }
    const next = write.next(old);
    items.replace(key, old, next);
    const units = writeUnits(chargedBytes(old, next));
    return {
      ...returned(answering, old, next),
      ...consumedCapacity(answering.ReturnConsumedCapacity, { table: definition.name, units }),
    };
  });
}

function returned({ ReturnValues, update }: Answering, old?: Item, next?: Item): { Attributes?: Item } {
  const paths = update === undefined ? [] : updatedPaths(update);
  const updated = (item: Item | undefined) => (item && paths.length > 0 ? nonEmpty(project(item, paths)) : undefined);
  const attributes = {
    NONE: () => undefined,
    ALL_OLD: () => old,
    ALL_NEW: () => next,
    UPDATED_OLD: () => updated(old),
    UPDATED_NEW: () => updated(next),
  }[ReturnValues ?? 'NONE']();
  return attributes === undefined ? {} : { Attributes: attributes };
}

const nonEmpty = (item: Item) => (Object.keys(item).length === 0 ? undefined : item);

function assertOldOrNone(returnValues: ReturnValues): void {
  if (returnValues === undefined || returnValues === 'NONE' || returnValues === 'ALL_OLD') return;
  throw validationError('ReturnValues can only be ALL_OLD or NONE');
}
