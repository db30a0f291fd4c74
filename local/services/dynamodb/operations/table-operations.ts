import { DynamoDbError, tableNotFound, validationError } from '../protocol/errors.ts';
import { constraint, readParameters } from '../protocol/parameters.ts';
import type { Catalog, Table } from '../tables/catalog.ts';
import { defineTable } from '../tables/define-table.ts';
import { TablePropertiesError } from '../tables/table-properties-error.ts';
import type { Operation, RequestBody } from './context.ts';
import { describeTable } from './describe-table.ts';

const TABLE = { TableName: 'string!' } as const;
const LIST = { Limit: 'integer', ExclusiveStartTableName: 'string' } as const;
const TTL = { TableName: 'string!', TimeToLiveSpecification: 'object!' } as const;
const TTL_SPECIFICATION = { AttributeName: 'string!', Enabled: 'boolean!' } as const;

const MAX_LISTED = 100;

export const createTable: Operation = ({ catalog }, body) => {
  const { TableName, ...properties } = body;
  if (typeof TableName !== 'string') throw constraint('TableName', 'null', 'Member must not be null');
  catalog.create(defined(TableName, properties));
  return { TableDescription: describeTable(catalog.table(TableName), 'ACTIVE') };
};

export const deleteTable: Operation = ({ catalog }, body) => {
  const table = existing(catalog, readParameters(TABLE, body).TableName);
  const { name, isDeletionProtected } = table.definition;
  if (isDeletionProtected) {
    throw validationError(
      `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first: ${name}`,
    );
  }
  const description = describeTable(table, 'DELETING');
  catalog.drop(name);
  return { TableDescription: description };
};

export const describeTableOperation: Operation = ({ catalog }, body) => ({
  Table: describeTable(existing(catalog, readParameters(TABLE, body).TableName), 'ACTIVE'),
});

export const listTables: Operation = ({ catalog }, body) => {
  const { Limit = MAX_LISTED, ExclusiveStartTableName = '' } = readParameters(LIST, body);
  if (Limit < 1 || Limit > MAX_LISTED) {
    throw constraint('Limit', `'${Limit}'`, `Member must have value between 1 and ${MAX_LISTED}`);
  }
  const names = catalog.names().filter((name) => name > ExclusiveStartTableName);
  const page = names.slice(0, Limit);
  return { TableNames: page, ...(names.length > page.length && { LastEvaluatedTableName: page.at(-1) }) };
};

export const describeTimeToLive: Operation = ({ catalog }, body) => {
  const { ttlAttribute } = existing(catalog, readParameters(TABLE, body).TableName).definition;
  return {
    TimeToLiveDescription:
      ttlAttribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute },
  };
};

export const updateTimeToLive: Operation = ({ catalog }, body) => {
  const request = readParameters(TTL, body);
  const specification = readParameters(TTL_SPECIFICATION, request.TimeToLiveSpecification);
  const { AttributeName, Enabled } = specification;
  if (AttributeName.length < 1 || AttributeName.length > 255) {
    throw constraint('AttributeName', `'${AttributeName}'`, 'Member must have length between 1 and 255');
  }
  const { definition } = existing(catalog, request.TableName);
  const current = definition.ttlAttribute;
  if (!Enabled && current === undefined) throw validationError('TimeToLive is already disabled');
  if (current !== undefined && current !== AttributeName) {
    throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${current}`);
  }
  if (Enabled && current !== undefined) throw validationError('TimeToLive is already enabled');
  catalog.change({ ...definition, ttlAttribute: Enabled ? AttributeName : undefined });
  return { TimeToLiveSpecification: specification };
};

function defined(name: string, properties: RequestBody) {
  try {
    return defineTable(name, properties);
  } catch (error) {
    throw error instanceof TablePropertiesError ? validationError(error.message) : error;
  }
}

/** Operations on tables name the table that is missing; those on items do not. */
function existing(catalog: Catalog, name: string): Table {
  try {
    return catalog.table(name);
  } catch (error) {
    throw error instanceof DynamoDbError && error.code === 'ResourceNotFoundException' ? tableNotFound(name) : error;
  }
}
