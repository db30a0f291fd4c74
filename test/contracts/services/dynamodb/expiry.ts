import { CreateTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, GetCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect } from 'vitest';
import { key, type Suite } from './suite.ts';

const SESSIONS = 'sessions';
const HOUR_S = 3600;

/** AWS deletes within days and tells nobody when; a backend whose clock can be moved deletes by that clock at the next access. */
export function askExpiry({ check, backend, documents }: Suite): void {
  const nowSeconds = Math.floor(Date.now() / 1000);
  beforeAll(async () => {
    const { client } = backend();
    await client.send(
      new CreateTableCommand({
        TableName: SESSIONS,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'user', AttributeType: 'S' },
        ],
        KeySchema: key('pk'),
        GlobalSecondaryIndexes: [
          { IndexName: 'by-user', KeySchema: key('user'), Projection: { ProjectionType: 'ALL' } },
        ],
      }),
    );
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: SESSIONS,
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      }),
    );
    const items = [
      { pk: 'soon', expiresAt: nowSeconds + HOUR_S },
      { pk: 'moved', expiresAt: nowSeconds + HOUR_S },
      { pk: 'late', expiresAt: nowSeconds + 1000 * HOUR_S },
      { pk: 'never' },
      { pk: 'text', expiresAt: `${nowSeconds + HOUR_S}` },
      // Milliseconds taken for seconds, and a time of more than five years ago, are both left alone.
      { pk: 'milliseconds', expiresAt: Date.now() },
      { pk: 'ancient', expiresAt: 162_777_600 },
    ].map((item) => ({ PutRequest: { Item: { ...item, user: 'u' } } }));
    await documents().send(new BatchWriteCommand({ RequestItems: { [SESSIONS]: items } }));
  });

  const scanned = async () => {
    const { Items } = await documents().send(new ScanCommand({ TableName: SESSIONS }));
    return Items?.map(({ pk }) => pk).toSorted();
  };

  check('keeps what has not expired yet', async () => {
    expect(await scanned()).toEqual(['ancient', 'late', 'milliseconds', 'moved', 'never', 'soon', 'text']);
  });

  check('deletes what has expired, from the table and its indexes, and nothing else', async () => {
    await documents().send(
      new UpdateCommand({
        TableName: SESSIONS,
        Key: { pk: 'moved' },
        UpdateExpression: 'SET expiresAt = :later',
        ExpressionAttributeValues: { ':later': nowSeconds + 500 * HOUR_S },
      }),
    );
    backend().advance?.(2 * HOUR_S * 1000);
    const { Item } = await documents().send(new GetCommand({ TableName: SESSIONS, Key: { pk: 'soon' } }));
    expect(Item).toBeUndefined();
    const left = ['ancient', 'late', 'milliseconds', 'moved', 'never', 'text'];
    expect(await scanned()).toEqual(left);
    const { Items } = await documents().send(
      new QueryCommand({
        TableName: SESSIONS,
        IndexName: 'by-user',
        KeyConditionExpression: '#u = :u',
        ExpressionAttributeNames: { '#u': 'user' },
        ExpressionAttributeValues: { ':u': 'u' },
      }),
    );
    expect(Items?.map(({ pk }) => pk).toSorted()).toEqual(left);
  });
}
