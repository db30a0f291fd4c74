import { unknownOperation } from '../protocol/errors.ts';
import { batchGetItem } from './batch-get.ts';
import { batchWriteItem } from './batch-write.ts';
import type { Operation } from './context.ts';
import { getItem } from './get-item.ts';
import { query, scan } from './query-scan.ts';
import {
  createTable,
  deleteTable,
  describeTableOperation,
  describeTimeToLive,
  listTables,
  updateTimeToLive,
} from './table-operations.ts';
import { transactGetItems } from './transact-get.ts';
import { transactWriteItems } from './transact-write.ts';
import { deleteItem, putItem, updateItem } from './write-item.ts';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  CreateTable: createTable,
  DeleteItem: deleteItem,
  DeleteTable: deleteTable,
  DescribeTable: describeTableOperation,
  DescribeTimeToLive: describeTimeToLive,
  GetItem: getItem,
  ListTables: listTables,
  PutItem: putItem,
  Query: query,
  Scan: scan,
  TransactGetItems: transactGetItems,
  TransactWriteItems: transactWriteItems,
  UpdateItem: updateItem,
  UpdateTimeToLive: updateTimeToLive,
};

/** @throws UnknownOperationException naming the operation */
export function findOperation(name: string): Operation {
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined) throw unknownOperation(name);
  return operation;
}
