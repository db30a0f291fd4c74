import { project } from '../expressions/project.ts';
import { readParameters } from '../protocol/parameters.ts';
import { readKey } from '../tables/item-key.ts';
import { itemBytes } from '../values/item-size.ts';
import { CAPACITY_CHOICES, consumedCapacity, readUnits } from './consumed-capacity.ts';
import type { Operation } from './context.ts';
import { readExpressions } from './expressions.ts';

const GET = {
  TableName: 'string!',
  Key: 'item!',
  ConsistentRead: 'boolean',
  ProjectionExpression: 'string',
  ExpressionAttributeNames: 'names',
  ReturnConsumedCapacity: CAPACITY_CHOICES,
} as const;

export const getItem: Operation = ({ catalog, parsers }, body) => {
  const request = readParameters(GET, body);
  const expressions = readExpressions(parsers, request);
  const paths = expressions.projection(request.ProjectionExpression);
  expressions.finish();
  const { definition, items } = catalog.table(request.TableName);
  const item = items.get(readKey(definition.key, request.Key));
  const choice = request.ReturnConsumedCapacity;
  // Measuring an item costs more than reading it: only when the answer is to tell.
  const measure = choice !== undefined && choice !== 'NONE' && item !== undefined;
  const units = readUnits(measure ? itemBytes(item) : 0, { consistent: request.ConsistentRead });
  return {
    ...(item && { Item: paths === undefined ? item : project(item, paths) }),
    ...consumedCapacity(choice, { table: definition.name, units }),
  };
};
