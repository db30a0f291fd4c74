import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ServedDynamoDb, serveTemporarily } from './local-dynamodb.ts';

const PROPERTIES = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: 'arn:aws:kms:us-east-1:000000000000:key/k' },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  DeletionProtectionEnabled: true,
  TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  Tags: [{ Key: 'a', Value: 'b' }],
};
const BY_STATE = {
  ...PROPERTIES,
  AttributeDefinitions: [...PROPERTIES.AttributeDefinitions, { AttributeName: 'state', AttributeType: 'S' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-state',
      KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

describe('createTable of the local DynamoDB', () => {
  let dynamodb: ServedDynamoDb;
  beforeEach(async () => {
    dynamodb = await serveTemporarily();
  });
  afterEach(() => dynamodb.close());

  const create = (properties: Record<string, unknown>) => dynamodb.service.createTable('registry', properties);
  const documents = () => DynamoDBDocumentClient.from(dynamodb.client);
  const put = (Item: Record<string, unknown>) => documents().send(new PutCommand({ TableName: 'registry', Item }));
  const get = async (Key: Record<string, unknown>) => {
    const { Item } = await documents().send(new GetCommand({ TableName: 'registry', Key }));
    return Item;
  };
  const inState = async (state: string) => {
    const { Items } = await documents().send(
      new QueryCommand({
        TableName: 'registry',
        IndexName: 'by-state',
        KeyConditionExpression: '#s = :s',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':s': state },
      }),
    );
    return Items;
  };

  it('makes a table of CloudFormation properties', async () => {
    create(PROPERTIES);
    const { Table } = await dynamodb.client.send(new DescribeTableCommand({ TableName: 'registry' }));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: true, ItemCount: 0 });
    const { TimeToLiveDescription } = await dynamodb.client.send(
      new DescribeTimeToLiveCommand({ TableName: 'registry' }),
    );
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
  });

  it('keeps items when it is called again', async () => {
    create(PROPERTIES);
    await put({ pk: 'a', sk: 'b', v: 1 });
    create(PROPERTIES);
    expect(await get({ pk: 'a', sk: 'b' })).toEqual({ pk: 'a', sk: 'b', v: 1 });
  });

  it('fills an index that is added, leaving out what cannot be in it, and drops one that is removed', async () => {
    create(PROPERTIES);
    await put({ pk: 'a', sk: '1', state: 'new' });
    await put({ pk: 'a', sk: '2' });
    await put({ pk: 'a', sk: '3', state: 7 });
    create(BY_STATE);
    expect(await inState('new')).toEqual([{ pk: 'a', sk: '1', state: 'new' }]);
    await put({ pk: 'a', sk: '2', state: 'new' });
    expect(await inState('new')).toHaveLength(2);
    create(PROPERTIES);
    await expect(inState('new')).rejects.toThrow('does not have the specified index: by-state');
    expect(await get({ pk: 'a', sk: '2' })).toEqual({ pk: 'a', sk: '2', state: 'new' });
  });

  it('lets an item go whose attribute an index that came later could not hold', async () => {
    create(PROPERTIES);
    await put({ pk: 'a', sk: '3', state: 7 });
    create(BY_STATE);
    await put({ pk: 'a', sk: '3', state: 'new' });
    expect(await inState('new')).toHaveLength(1);
  });

  it('takes up time to live that is turned on later', async () => {
    const { TimeToLiveSpecification: _, ...withoutTtl } = PROPERTIES;
    create(withoutTtl);
    await put({ pk: 'a', sk: 'b', expiresAt: Math.floor(Date.now() / 1000) - 60 });
    expect(await get({ pk: 'a', sk: 'b' })).toBeDefined();
    create(PROPERTIES);
    expect(await get({ pk: 'a', sk: 'b' })).toBeUndefined();
  });

  it('fails on a changed key, and keeps the table', async () => {
    create(PROPERTIES);
    await put({ pk: 'a', sk: 'b' });
    const changed = { ...PROPERTIES, KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] };
    const definitions = { AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }] };
    expect(() => create({ ...changed, ...definitions })).toThrow(
      "DynamoDB table 'registry': its key is (pk:S, sk:S) and cannot become (pk:S)",
    );
    expect(await get({ pk: 'a', sk: 'b' })).toEqual({ pk: 'a', sk: 'b' });
  });

  it('fails on a changed index of the same name', () => {
    create(BY_STATE);
    const [index] = BY_STATE.GlobalSecondaryIndexes;
    const changed = { ...index, Projection: { ProjectionType: 'KEYS_ONLY' } };
    expect(() => create({ ...BY_STATE, GlobalSecondaryIndexes: [changed] })).toThrow(
      "index 'by-state' cannot change its key or projection",
    );
  });

  it.each([
    ['an unknown property', { Colour: 'red' }, /'registry'.*"Colour"/],
    [
      'streams',
      { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } },
      /'registry': 'StreamSpecification' is not supported/,
    ],
    [
      'an unknown member',
      { TimeToLiveSpecification: { Enabled: true, Colour: 'red' } },
      /TimeToLiveSpecification: .*"Colour"/,
    ],
    [
      'a key attribute without a type',
      { AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }] },
      /'sk' is missing/,
    ],
    [
      'a type that no key can have',
      { AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'BOOL' }] },
      /AttributeType/,
    ],
    [
      'a range key alone',
      { KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] },
      /one HASH attribute, followed by at most one RANGE/,
    ],
    [
      'a definition that no key uses',
      { AttributeDefinitions: [...PROPERTIES.AttributeDefinitions, { AttributeName: 'v', AttributeType: 'S' }] },
      /no key uses v/,
    ],
  ])('fails on %s', (_, more, message) => {
    expect(() => create({ ...PROPERTIES, ...more })).toThrow(message);
  });
});
