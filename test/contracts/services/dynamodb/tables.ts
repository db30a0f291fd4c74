import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { failure, key, type Suite, somePartition, THINGS } from './suite.ts';

export function askTables({ check, backend, documents }: Suite): void {
  const create = (TableName: string) =>
    backend().client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: key('pk'),
      }),
    );

  check('describes a table with its keys, its indexes and how it is billed', async () => {
    const { Table } = await backend().client.send(new DescribeTableCommand({ TableName: THINGS }));
    expect(Table).toMatchObject({
      TableName: THINGS,
      TableStatus: 'ACTIVE',
      KeySchema: key('pk', 'sk'),
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
    expect(Table?.CreationDateTime).toBeInstanceOf(Date);
    expect(Table?.AttributeDefinitions).toContainEqual({ AttributeName: 'rank', AttributeType: 'N' });
    const byName = new Map(Table?.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index]));
    expect(byName.get('some-by-holder')).toMatchObject({
      IndexStatus: 'ACTIVE',
      KeySchema: key('holder', 'rank'),
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
    });
    expect(Table?.LocalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['by-score']);
  });

  check('creates, lists and deletes a table', async () => {
    const { client } = backend();
    await create('passing');
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: 'passing' });
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames).toContain('passing');
    await client.send(new DeleteTableCommand({ TableName: 'passing' }));
    await expect(client.send(new DescribeTableCommand({ TableName: 'passing' }))).rejects.toMatchObject(
      failure('ResourceNotFoundException', /passing/),
    );
  });

  check('lists tables in pages', async () => {
    const { client } = backend();
    const first = await client.send(new ListTablesCommand({ Limit: 1 }));
    expect(first.TableNames).toHaveLength(1);
    expect(first.LastEvaluatedTableName).toBe(first.TableNames?.[0]);
    const rest = await client.send(new ListTablesCommand({ ExclusiveStartTableName: first.LastEvaluatedTableName }));
    expect(rest.TableNames).not.toContain(first.LastEvaluatedTableName);
    expect(rest.TableNames?.length).toBeGreaterThan(0);
  });

  check('fails to create a table twice', async () => {
    await expect(create(THINGS)).rejects.toMatchObject(failure('ResourceInUseException'));
  });

  check('keeps a protected table from being deleted', async () => {
    const { client } = backend();
    await client.send(
      new CreateTableCommand({
        TableName: 'guarded',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: key('pk'),
        DeletionProtectionEnabled: true,
      }),
    );
    await expect(client.send(new DeleteTableCommand({ TableName: 'guarded' }))).rejects.toMatchObject(
      failure('ValidationException', /protected against deletion/),
    );
  });

  check('fails on a table that does not exist', async () => {
    await expect(
      documents().send(new GetCommand({ TableName: 'nowhere', Key: { pk: somePartition() } })),
    ).rejects.toMatchObject(failure('ResourceNotFoundException'));
  });

  check('enables and describes time to live, and fails to enable it twice', async () => {
    const { client } = backend();
    await create('perishable');
    const describe = async () => {
      const answer = await client.send(new DescribeTimeToLiveCommand({ TableName: 'perishable' }));
      return answer.TimeToLiveDescription;
    };
    const enable = (AttributeName: string) =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName: 'perishable',
          TimeToLiveSpecification: { AttributeName, Enabled: true },
        }),
      );
    expect(await describe()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await enable('expiresAt');
    expect(await describe()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
    await expect(enable('expiresAt')).rejects.toMatchObject(failure('ValidationException', /already enabled/));
    await expect(enable('other')).rejects.toMatchObject(failure('ValidationException', /different AttributeName/));
  });
}
