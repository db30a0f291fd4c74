import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dynamoCapturePseudonym,
  readSaltRequest,
  writeSaltRequest,
} from '../../../adapters/aws/dynamo-capture-salt.ts';
import { captureSaltKey } from '../../../core/contracts/table-keys.ts';
import { type ServedDynamoDb, serveTemporarily } from '../../local/services/dynamodb/local-dynamodb.ts';

const TABLE = 'registry';
let served: ServedDynamoDb;
let client: DynamoDBDocumentClient;

beforeAll(async () => {
  served = await serveTemporarily();
  const keys = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  served.service.createTable(TABLE, {
    AttributeDefinitions: keys,
    KeySchema: keys.map(({ AttributeName }, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
  });
  client = DynamoDBDocumentClient.from(served.client);
});
afterAll(() => served.close());

const open = (service: string) => dynamoCapturePseudonym({ client, tableName: TABLE, service });

describe('the keyed hash of captures', () => {
  it('asks for its key in the partition of the captures, and writes one that is not there only', () => {
    expect(readSaltRequest(TABLE, 'fraud')).toEqual({
      TableName: TABLE,
      Key: { pk: 'CAPTURE#fraud', sk: 'SALT' },
      ConsistentRead: true,
    });
    expect(writeSaltRequest(TABLE, 'fraud', 'salt')).toMatchObject({
      Item: { pk: 'CAPTURE#fraud', sk: 'SALT', salt: 'salt' },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  });

  it('is the same in every process, also in many that start at once', async () => {
    const processes = await Promise.all(Array.from({ length: 20 }, () => open('shared')));
    expect(new Set(processes.map((pseudonym) => pseudonym('4711'))).size).toBe(1);
    expect((await open('shared'))('4711')).toBe(processes[0]?.('4711'));
  });

  it('is another one for another service, and looks nothing like the value', async () => {
    const [one, other] = [await open('one'), await open('other')];
    expect(one('4711')).not.toBe(other('4711'));
    expect(one('4711')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('fails for a stored key that is none', async () => {
    await client.send(new PutCommand({ TableName: TABLE, Item: { ...captureSaltKey('bad'), salt: 'short' } }));
    await expect(open('bad')).rejects.toThrow();
  });
});
