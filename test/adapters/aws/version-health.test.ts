import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashRecords } from '../../../adapters/aws/crash-records.ts';
import { dynamoVersionHealth } from '../../../adapters/aws/dynamo-version-health.ts';
import { serviceClient } from '../../../adapters/aws/service-client.ts';
import { createClock } from '../../../local/clock.ts';
import { describeVersionHealth } from '../../contracts/version-health.contract.ts';
import { type ServedDynamoDb, serveTemporarily } from '../../local/services/dynamodb/local-dynamodb.ts';
import { EVENT_TIME } from '../../support/http-event.ts';

const TABLE = 'registry';
let served: ServedDynamoDb;
let client: DynamoDBDocumentClient;

beforeAll(async () => {
  // At the time of the test's events: what expires is removed by the table's own clock.
  served = await serveTemporarily({ ...createClock(), now: () => EVENT_TIME });
  const keys = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  served.service.createTable(TABLE, {
    AttributeDefinitions: keys,
    KeySchema: keys.map(({ AttributeName }, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
  });
  client = DynamoDBDocumentClient.from(served.client);
});
afterAll(() => served.close());

const withSdk = () => dynamoVersionHealth({ client, tableName: TABLE });

/** As an inference function has it: reads without the SDK, writes with it. */
const withoutSdk = () =>
  crashRecords({
    client: serviceClient({
      service: 'dynamodb',
      variables: {
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_ENDPOINT_URL_DYNAMODB: served.url,
      },
      now: Date.now,
      sleep: () => Promise.resolve(),
      timeoutMs: 2_000,
      attempts: 2,
    }),
    tableName: TABLE,
    openWriter: async () => withSdk(),
  });

describeVersionHealth('DynamoDB, with the SDK', withSdk);
describeVersionHealth('DynamoDB, read without the SDK', () => ({ ...withSdk(), ...withoutSdk() }));

describe('crash records of an inference function', () => {
  it('fails where the table cannot be read', async () => {
    const records = crashRecords({
      client: { send: async () => ({ status: 400, bytes: Buffer.from('{"__type":"ResourceNotFoundException"}') }) },
      tableName: TABLE,
      openWriter: async () => withSdk(),
    });
    await expect(records.find('fraud', 1, { now: EVENT_TIME })).rejects.toThrow('ResourceNotFoundException');
  });
});
