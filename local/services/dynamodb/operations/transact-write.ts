import { createHash } from 'node:crypto';
import { inTransaction } from '../../sqlite.ts';
import { DynamoDbError, transactionCanceled, validationError } from '../protocol/errors.ts';
import { constraint, readObject, readParameters } from '../protocol/parameters.ts';
import type { Key } from '../tables/item-key.ts';
import type { Item } from '../values/attribute-value.ts';
import { itemBytes } from '../values/item-size.ts';
import { CAPACITY_CHOICES, type CapacityChoice, consumedCapacities, writeUnits } from './consumed-capacity.ts';
import type { Context, Operation } from './context.ts';
import { readExpressions } from './expressions.ts';
import { createTokenStore } from './request-tokens.ts';
import { chargedBytes, checkWrite, conditionHolds, deleteWrite, putWrite, updateWrite, type Write } from './write.ts';

const TRANSACT = {
  TransactItems: 'list!',
  ClientRequestToken: 'string',
  ReturnConsumedCapacity: CAPACITY_CHOICES,
  ReturnItemCollectionMetrics: ['NONE'],
} as const;
const ACTION = {
  TableName: 'string!',
  ExpressionAttributeNames: 'names',
  ExpressionAttributeValues: 'item',
  ReturnValuesOnConditionCheckFailure: ['NONE', 'ALL_OLD'],
} as const;
const PUT = { ...ACTION, Item: 'item!', ConditionExpression: 'string' } as const;
const DELETE = { ...ACTION, Key: 'item!', ConditionExpression: 'string' } as const;
const UPDATE = { ...DELETE, UpdateExpression: 'string!' } as const;
const CHECK = { ...DELETE, ConditionExpression: 'string!' } as const;

const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;
const MAX_TOKEN_LENGTH = 36;

/** One action of the transaction. */
interface Action {
  readonly write: Write;
  readonly returnsOld: boolean;
}
interface Located extends Action {
  readonly key: Key;
}
interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

export const transactWriteItems: Operation = (context, body) => {
  const request = readParameters(TRANSACT, body);
  assertTransactItems(request.TransactItems);
  const tokens = createTokenStore(context, assertToken(request.ClientRequestToken));
  const actions = request.TransactItems.map((element) => readAction(context, element));
  const digest = createHash('sha256').update(JSON.stringify(request.TransactItems)).digest('base64');
  const answered = tokens.find(digest);
  if (answered !== undefined) return answered;

  const payloadBytes = actions.reduce((sum, { write }) => sum + itemBytes(write.payload), 0);
  if (payloadBytes > MAX_PAYLOAD_BYTES) throw validationError('Transaction payload size cannot exceed 4 MB');
  const located = locateAll(actions);
  assertDistinct(located);
  return inTransaction(context.database, () => {
    const answer = carryOut(located, request.ReturnConsumedCapacity);
    tokens.remember(digest, answer);
    return answer;
  });
};

export function assertTransactItems(items: readonly unknown[]): void {
  if (items.length < 1 || items.length > 100) {
    const rule = items.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 100';
    throw constraint('TransactItems', `'[${items.length} items]'`, `Member must have length ${rule}`);
  }
}

const ACTIONS: Readonly<Record<string, (context: Context, body: unknown) => Action>> = {
  Put(context, body) {
    const request = readParameters(PUT, body);
    const { condition } = readAll(context, request);
    const write = putWrite(context.catalog.table(request.TableName), request.Item, condition);
    return { write, returnsOld: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
  },
  Delete(context, body) {
    const request = readParameters(DELETE, body);
    const { condition } = readAll(context, request);
    const write = deleteWrite(context.catalog.table(request.TableName), request.Key, condition);
    return { write, returnsOld: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
  },
  Update(context, body) {
    const request = readParameters(UPDATE, body);
    const write = updateWrite(context.catalog.table(request.TableName), request.Key, readAll(context, request));
    return { write, returnsOld: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
  },
  ConditionCheck(context, body) {
    const request = readParameters(CHECK, body);
    const { condition } = readAll(context, request);
    const write = checkWrite(context.catalog.table(request.TableName), request.Key, condition);
    return { write, returnsOld: request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' };
  },
};

function readAction(context: Context, element: unknown): Action {
  const [[name, body] = ['', undefined], ...more] = Object.entries(readObject(element));
  const read = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (read === undefined || more.length > 0) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  return read(context, body);
}

interface ActionExpressions {
  readonly ConditionExpression?: string | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Item | undefined;
}

function readAll({ parsers }: Context, request: ActionExpressions) {
  const expressions = readExpressions(parsers, request);
  const update = expressions.update(request.UpdateExpression);
  const condition = expressions.condition('ConditionExpression', request.ConditionExpression);
  expressions.finish();
  return { update, condition };
}

function locateAll(actions: readonly Action[]): readonly Located[] {
  return actions.map((action, index) => ({
    ...action,
    key: reasoned(actions.length, index, () => action.write.locate()),
  }));
}

function assertDistinct(actions: readonly Located[]): void {
  const places = actions.map(({ write, key }) =>
    [write.table.definition.name, key.hash.toString('base64'), key.range.toString('base64')].join(' '),
  );
  if (new Set(places).size < places.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
}

function carryOut(actions: readonly Located[], choice: CapacityChoice): object {
  const found = actions.map((action) => ({ ...action, old: action.write.table.items.get(action.key) }));
  const reasons = found.map(({ write, old, returnsOld }): Reason => {
    if (conditionHolds(write, old)) return { Code: 'None' };
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    return returnsOld && old !== undefined ? { ...failed, Item: old } : failed;
  });
  if (reasons.some(({ Code }) => Code !== 'None')) throw transactionCanceled(reasons);
  const changes = found.map((action, index) => ({
    ...action,
    next: reasoned(found.length, index, () => action.write.next(action.old)),
  }));
  for (const { write, key, old, next } of changes) if (next !== old) write.table.items.replace(key, old, next);
  const consumptions = changes.map(({ write, old, next }) => ({
    table: write.table.definition.name,
    units: 2 * writeUnits(chargedBytes(old, next)),
    kind: 'WriteCapacityUnits' as const,
  }));
  return consumedCapacities(choice, consumptions);
}

/** What is wrong with one action cancels the transaction and is told as that action's reason. */
export function reasoned<T>(count: number, index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DynamoDbError && error.code === 'ValidationException')) throw error;
    const reason = { Code: 'ValidationError', Message: error.message };
    throw transactionCanceled(Array.from({ length: count }, (_, at) => (at === index ? reason : { Code: 'None' })));
  }
}

function assertToken(token: string | undefined): string | undefined {
  if (token === undefined || (token.length >= 1 && token.length <= MAX_TOKEN_LENGTH)) return token;
  throw constraint('ClientRequestToken', `'${token}'`, `Member must have length between 1 and ${MAX_TOKEN_LENGTH}`);
}
