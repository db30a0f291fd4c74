import { randomUUID } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoLabelStore } from '../../../adapters/aws/dynamo-label-store.ts';
import { dynamoPredictionIndex, putRequests } from '../../../adapters/aws/dynamo-prediction-index.ts';
import { dynamoRecentPredictions, tellRequest } from '../../../adapters/aws/dynamo-recent-predictions.ts';
import { keepLabelRequest, labelledHoursRequest, markHourRequest } from '../../../adapters/aws/label-requests.ts';
import { serviceClient } from '../../../adapters/aws/service-client.ts';
import { createClock } from '../../../local/clock.ts';
import { describeLabelStore } from '../../contracts/label-store.contract.ts';
import { type ServedDynamoDb, serveTemporarily } from '../../local/services/dynamodb/local-dynamodb.ts';
import { caughtFrom } from '../../support/caught.ts';
import { EVENT_TIME } from '../../support/http-event.ts';

const TABLE = 'registry';
let served: ServedDynamoDb;

beforeAll(async () => {
  // At the time of the test's events: what expires is removed by the table's own clock.
  served = await serveTemporarily({ ...createClock(), now: () => EVENT_TIME });
  const keys = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  served.service.createTable(TABLE, {
    AttributeDefinitions: keys,
    KeySchema: keys.map(({ AttributeName }, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
  });
});
afterAll(() => served.close());

const small = () =>
  serviceClient({
    service: 'dynamodb',
    variables: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: served.url,
    },
    now: Date.now,
    sleep: () => Promise.resolve(),
    timeoutMs: 5_000,
    attempts: 2,
  });

const open = () => ({
  ...dynamoLabelStore({ client: DynamoDBDocumentClient.from(served.client), tableName: TABLE }),
  ...dynamoPredictionIndex({
    client: small(),
    tableName: TABLE,
    sleep: () => Promise.resolve(),
  }),
  ...dynamoRecentPredictions({ client: small(), tableName: TABLE, uniqueId: randomUUID }),
});

describeLabelStore('DynamoDB', open);

const LABEL = { id: 'order-17', row: 2, value: 'é', atMs: EVENT_TIME };
const IN_400_DAYS = EVENT_TIME / 1000 + 400 * 24 * 60 * 60;

describe('what is asked of DynamoDB', () => {
  it('is to keep a label unless a newer one is there, and to say what was there', () => {
    expect(keepLabelRequest(TABLE, 'fraud', { label: LABEL, now: EVENT_TIME })).toEqual({
      TableName: TABLE,
      Item: { pk: 'LABEL#fraud#order-17', sk: '00000002', ...LABEL, text: '"\\u00e9"', expiresAt: IN_400_DAYS },
      ConditionExpression: 'attribute_not_exists(pk) OR atMs < :at OR (atMs = :at AND #text < :text)',
      ExpressionAttributeNames: { '#text': 'text' },
      ExpressionAttributeValues: { ':at': EVENT_TIME, ':text': '"\\u00e9"' },
      ReturnValues: 'ALL_OLD',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  it('is to add up what came for an hour, and hours by their keys', () => {
    const counts = { labels: 2, corrections: 1 };
    expect(markHourRequest(TABLE, 'fraud', { hour: '2026-06-01T12', counts, now: EVENT_TIME })).toMatchObject({
      Key: { pk: 'LABELS#fraud', sk: 'HOUR#2026-06-01T12' },
      UpdateExpression: expect.stringContaining('ADD labels :labels, corrections :corrections'),
      ExpressionAttributeValues: { ':labels': 2, ':corrections': 1, ':now': EVENT_TIME, ':expiry': IN_400_DAYS },
    });
    const hours = { from: '2026-06-01T12', to: '2026-06-02T12' };
    expect(labelledHoursRequest(TABLE, 'fraud', hours).ExpressionAttributeValues).toEqual({
      ':pk': 'LABELS#fraud',
      ':from': 'HOUR#2026-06-01T12',
      ':to': 'HOUR#2026-06-02T12',
    });
  });

  it('is one item for a delivery, with six bytes for each prediction', () => {
    const predictions = Array.from({ length: 500 }, (_, index) => ({ id: `order-${index}`, atMs: EVENT_TIME + index }));
    const { Item } = tellRequest(TABLE, 'fraud', { predictions, unique: 'u' });
    expect(Item).toEqual({
      pk: { S: 'RECENT#fraud' },
      sk: { S: `${EVENT_TIME + 499}#u` },
      atMs: { N: String(EVENT_TIME + 499) },
      digests: { B: expect.any(String) },
      expiresAt: { N: String(EVENT_TIME / 1000 + 60 * 60) },
    });
    expect(Buffer.from(Item.digests.B, 'base64')).toHaveLength(3_000);
  });

  it('is no more than four pages of what was told lately, the newest first', async () => {
    const pages: unknown[] = [];
    const send = async ({ input }: { input: Record<string, unknown> }) => {
      if (!('KeyConditionExpression' in input)) return { Responses: {} };
      pages.push(input);
      return { Items: [], LastEvaluatedKey: { pk: 'RECENT#fraud', sk: String(pages.length) } };
    };
    const client = { send } as unknown as DynamoDBDocumentClient;
    const found = await dynamoLabelStore({ client, tableName: TABLE }).findPredictions('fraud', ['a'], {
      now: EVENT_TIME,
    });
    expect(found.size).toBe(0);
    expect(pages).toHaveLength(4);
    expect(pages[1]).toMatchObject({ ScanIndexForward: false, ExclusiveStartKey: { sk: '1' } });
  });

  it('is 25 predictions at once, each with the time it expires', () => {
    const predictions = Array.from({ length: 30 }, (_, index) => ({ id: `order-${index}`, atMs: EVENT_TIME }));
    const requests = putRequests(TABLE, 'fraud', predictions);
    expect(requests.map(({ RequestItems }) => RequestItems[TABLE]?.length)).toEqual([25, 5]);
    expect(requests[0]?.RequestItems[TABLE]?.[0]).toEqual({
      PutRequest: {
        Item: {
          pk: { S: 'PREDICTION#fraud#order-0' },
          sk: { S: 'P' },
          id: { S: 'order-0' },
          atMs: { N: String(EVENT_TIME) },
          expiresAt: { N: String(EVENT_TIME / 1000 + 90 * 24 * 60 * 60) },
        },
      },
    });
  });
});

describe('a table that does not take everything', () => {
  const answering = (...answers: object[]) => {
    const bodies: string[] = [];
    const client = {
      send: async ({ body = '' }: { body?: string }) => {
        bodies.push(body);
        return { status: 200, bytes: Buffer.from(JSON.stringify(answers[bodies.length - 1] ?? answers.at(-1))) };
      },
    };
    const pauses: number[] = [];
    const sleep = async (ms: number) => void pauses.push(ms);
    return { bodies, pauses, index: dynamoPredictionIndex({ client, tableName: TABLE, sleep }) };
  };

  it('is asked again for what it left', async () => {
    const left = { [TABLE]: [{ PutRequest: { Item: { pk: { S: 'PREDICTION#fraud#b' } } } }] };
    const { bodies, index } = answering({ UnprocessedItems: left }, { UnprocessedItems: {} });
    await index.add('fraud', [
      { id: 'a', atMs: EVENT_TIME },
      { id: 'b', atMs: EVENT_TIME },
    ]);
    expect(bodies.map((body) => JSON.parse(body).RequestItems)).toEqual([expect.anything(), left]);
  });

  it('fails in the end, after pauses that double', async () => {
    const { bodies, pauses, index } = answering({ UnprocessedItems: { [TABLE]: [{}] } });
    await expect(index.add('fraud', [{ id: 'a', atMs: EVENT_TIME }])).rejects.toThrow('8 attempts');
    expect(bodies).toHaveLength(8);
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1920]);
  });

  it('fails as unavailable where the table cannot be reached', async () => {
    const store = dynamoLabelStore({ client: DynamoDBDocumentClient.from(served.client), tableName: 'none' });
    expect(await caughtFrom(store.keep('fraud', [LABEL], { now: EVENT_TIME }))).toMatchObject({
      code: 'registry.unavailable',
      details: { operation: 'PutItem' },
    });
  });
});
