import { project } from '../expressions/project.ts';
import { validationError } from '../protocol/errors.ts';
import { readParameters } from '../protocol/parameters.ts';
import { readKey } from '../tables/item-key.ts';
import type { Item } from '../values/attribute-value.ts';
import { itemBytes } from '../values/item-size.ts';
import { CAPACITY_CHOICES, consumedCapacities, readUnits } from './consumed-capacity.ts';
import type { Context, Operation } from './context.ts';
import { readExpressions } from './expressions.ts';
import { assertTransactItems, reasoned } from './transact-write.ts';

const TRANSACT = { TransactItems: 'list!', ReturnConsumedCapacity: CAPACITY_CHOICES } as const;
const ELEMENT = { Get: 'object!' } as const;
const GET = {
  TableName: 'string!',
  Key: 'item!',
  ProjectionExpression: 'string',
  ExpressionAttributeNames: 'names',
} as const;

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export const transactGetItems: Operation = (context, body) => {
  const request = readParameters(TRANSACT, body);
  assertTransactItems(request.TransactItems);
  const gets = request.TransactItems.map((element) => readGet(context, element));
  const keys = gets.map(({ table, key }, index) =>
    reasoned(gets.length, index, () => readKey(table.definition.key, key)),
  );
  const read = gets.map((get, index) => ({ ...get, item: get.table.items.get(keys[index]!) }));
  const sizes = read.map(({ item }) => (item === undefined ? 0 : itemBytes(item)));
  if (sizes.reduce((sum, bytes) => sum + bytes, 0) > MAX_ANSWER_BYTES) {
    throw validationError('The aggregate size of the items in the transaction cannot exceed 4 MB');
  }
  const consumptions = read.map(({ table }, index) => ({
    table: table.definition.name,
    units: 2 * readUnits(sizes[index]!, { consistent: true }),
    kind: 'ReadCapacityUnits' as const,
  }));
  return {
    Responses: read.map(({ item, show }) => (item === undefined ? {} : { Item: show(item) })),
    ...consumedCapacities(request.ReturnConsumedCapacity, consumptions),
  };
};

function readGet({ catalog, parsers }: Context, element: unknown) {
  const request = readParameters(GET, readParameters(ELEMENT, element).Get);
  const expressions = readExpressions(parsers, request);
  const paths = expressions.projection(request.ProjectionExpression);
  expressions.finish();
  const show = (item: Item) => (paths === undefined ? item : project(item, paths));
  return { table: catalog.table(request.TableName), key: request.Key, show };
}
