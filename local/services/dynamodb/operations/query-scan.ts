import { validationError } from '../protocol/errors.ts';
import { constraint, type Parameters, readParameters } from '../protocol/parameters.ts';
import type { Table } from '../tables/catalog.ts';
import type { IndexDefinition } from '../tables/table-definition.ts';
import { CAPACITY_CHOICES, consumedCapacity, readUnits } from './consumed-capacity.ts';
import type { Operation } from './context.ts';
import { readExpressions } from './expressions.ts';
import { assertFilterLeavesKey } from './filter-key.ts';
import { readKeyCondition } from './key-condition.ts';
import { type Page, readPage } from './read-page.ts';
import { SELECT_CHOICES, selectView } from './select-view.ts';
import { assertWithin, startAfter } from './starting-key.ts';

const COMMON = {
  TableName: 'string!',
  IndexName: 'string',
  Select: SELECT_CHOICES,
  Limit: 'integer',
  ConsistentRead: 'boolean',
  ExclusiveStartKey: 'item',
  FilterExpression: 'string',
  ProjectionExpression: 'string',
  ExpressionAttributeNames: 'names',
  ExpressionAttributeValues: 'item',
  ReturnConsumedCapacity: CAPACITY_CHOICES,
} as const;
const QUERY = { ...COMMON, KeyConditionExpression: 'string', ScanIndexForward: 'boolean' } as const;
const SCAN = { ...COMMON, Segment: 'integer', TotalSegments: 'integer' } as const;

const MAX_SEGMENTS = 1_000_000;

type Common = Parameters<typeof COMMON>;

export const query: Operation = ({ catalog, parsers }, body) => {
  const request = readParameters(QUERY, body);
  assertLimit(request);
  if (request.KeyConditionExpression === undefined) {
    throw validationError(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  }
  const expressions = readExpressions(parsers, request);
  const condition = expressions.keyCondition(request.KeyConditionExpression);
  const filter = expressions.condition('FilterExpression', request.FilterExpression);
  const projection = expressions.projection(request.ProjectionExpression);
  expressions.finish();
  const table = catalog.table(request.TableName);
  const index = findIndex(table, request);
  const schema = index?.key ?? table.definition.key;
  assertFilterLeavesKey(filter, schema);
  const range = readKeyCondition(condition, schema);
  const after = startAfter(table, index, request.ExclusiveStartKey);
  if (after !== undefined) assertWithin(range, after);
  const page = readPage({
    table,
    reading: { index, ...range, after, forward: request.ScanIndexForward ?? true },
    limit: request.Limit,
    filter,
    projection,
    sees: selectView(table, { index, projection, select: request.Select }),
  });
  return answer(request, page);
};

export const scan: Operation = ({ catalog, parsers }, body) => {
  const request = readParameters(SCAN, body);
  assertLimit(request);
  const expressions = readExpressions(parsers, request);
  const filter = expressions.condition('FilterExpression', request.FilterExpression);
  const projection = expressions.projection(request.ProjectionExpression);
  expressions.finish();
  const segment = readSegment(request);
  const table = catalog.table(request.TableName);
  const index = findIndex(table, request);
  const page = readPage({
    table,
    reading: { index, after: startAfter(table, index, request.ExclusiveStartKey), forward: true },
    limit: request.Limit,
    filter,
    projection,
    sees: selectView(table, { index, projection, select: request.Select }),
    segment,
  });
  return answer(request, page);
};

function answer(request: Common, { items, scannedCount, bytes, lastEvaluatedKey }: Page): object {
  const units = readUnits(bytes, { consistent: request.ConsistentRead });
  return {
    ...(request.Select !== 'COUNT' && { Items: items }),
    Count: items.length,
    ScannedCount: scannedCount,
    ...(lastEvaluatedKey && { LastEvaluatedKey: lastEvaluatedKey }),
    ...consumedCapacity(request.ReturnConsumedCapacity, { table: request.TableName, units }),
  };
}

function assertLimit({ Limit }: Common): void {
  if (Limit === undefined || Limit >= 1) return;
  throw constraint('Limit', `'${Limit}'`, 'Member must have value greater than or equal to 1');
}

function findIndex({ definition }: Table, request: Common): IndexDefinition | undefined {
  if (request.IndexName === undefined) return undefined;
  const index = definition.indexes.find(({ name }) => name === request.IndexName);
  if (index === undefined) {
    throw validationError(`The table does not have the specified index: ${request.IndexName}`);
  }
  if (request.ConsistentRead === true && index.scope === 'global') {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  return index;
}

function readSegment({ Segment, TotalSegments }: Parameters<typeof SCAN>) {
  if (Segment === undefined && TotalSegments === undefined) return undefined;
  if (TotalSegments === undefined) {
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (Segment === undefined) {
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (TotalSegments < 1 || TotalSegments > MAX_SEGMENTS) {
    throw constraint('TotalSegments', `'${TotalSegments}'`, `Member must have value between 1 and ${MAX_SEGMENTS}`);
  }
  if (Segment < 0 || Segment >= TotalSegments) {
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
    );
  }
  return { number: Segment, total: TotalSegments };
}
