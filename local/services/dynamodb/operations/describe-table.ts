import { createHash } from 'node:crypto';
import type { Table } from '../tables/catalog.ts';
import { type IndexDefinition, type KeySchema, keyAttributes } from '../tables/table-definition.ts';

const ACCOUNT = 'arn:aws:dynamodb:us-east-1:000000000000';

/** A table as DescribeTable tells of it. */
export function describeTable({ definition, createdAtMs, items }: Table, status: 'ACTIVE' | 'DELETING'): object {
  const { name, key, indexes, isDeletionProtected } = definition;
  const arn = `${ACCOUNT}:table/${name}`;
  const { count, bytes } = items.totals();
  const describe = (index: IndexDefinition) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.key),
    Projection: {
      ProjectionType: index.projection.type,
      ...(index.projection.type === 'INCLUDE' && { NonKeyAttributes: index.projection.attributes }),
    },
    IndexArn: `${arn}/index/${index.name}`,
    ...(index.scope === 'global' && { IndexStatus: 'ACTIVE' }),
  });
  const global = indexes.filter(({ scope }) => scope === 'global').map(describe);
  const local = indexes.filter(({ scope }) => scope === 'local').map(describe);
  return {
    TableName: name,
    TableStatus: status,
    TableArn: arn,
    TableId: tableId(`${name} ${createdAtMs}`),
    CreationDateTime: createdAtMs / 1000,
    KeySchema: keySchema(key),
    AttributeDefinitions: attributeDefinitions([key, ...indexes.map((index) => index.key)]),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
    ItemCount: count,
    TableSizeBytes: bytes,
    DeletionProtectionEnabled: isDeletionProtected,
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
  };
}

function keySchema(key: KeySchema): readonly object[] {
  return keyAttributes(key).map(({ name }, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? 'HASH' : 'RANGE',
  }));
}

function attributeDefinitions(keys: readonly KeySchema[]): readonly object[] {
  const types = new Map(keys.flatMap(keyAttributes).map(({ name, type }) => [name, type]));
  return [...types].map(([name, type]) => ({ AttributeName: name, AttributeType: type }));
}

function tableId(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
