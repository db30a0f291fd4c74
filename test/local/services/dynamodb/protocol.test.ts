import { once } from 'node:events';
import { connect } from 'node:net';
import { crc32 } from 'node:zlib';
import { DescribeContinuousBackupsCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedDynamoDb, serveTemporarily } from './local-dynamodb.ts';

describe('the protocol of the local DynamoDB', () => {
  let dynamodb: ServedDynamoDb;
  beforeAll(async () => {
    dynamodb = await serveTemporarily();
    dynamodb.service.createTable('things', {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    });
  });
  afterAll(() => dynamodb.close());

  const post = (target: string, body: string) =>
    fetch(dynamodb.url, { method: 'POST', headers: { 'x-amz-target': target }, body });
  const ask = async (operation: string, body: unknown) => {
    const response = await post(`DynamoDB_20120810.${operation}`, JSON.stringify(body));
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('answers AWS JSON 1.0 with a request id and a checksum', async () => {
    const response = await post('DynamoDB_20120810.ListTables', '{}');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[\w-]{36}$/);
    expect(response.headers.get('x-amz-crc32')).toBe(String(crc32(bytes)));
    expect(JSON.parse(bytes.toString())).toEqual({ TableNames: ['things'] });
  });

  it('fails with the name of an operation that is not implemented', async () => {
    await expect(
      dynamodb.client.send(new DescribeContinuousBackupsCommand({ TableName: 'things' })),
    ).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('DescribeContinuousBackups'),
    });
    const odd = await (await post('toString', '{}')).json();
    expect(odd).toMatchObject({ __type: 'com.amazon.coral.service#UnknownOperationException' });
  });

  it('fails by name on a parameter from before expressions', async () => {
    await expect(
      dynamodb.client.send(
        new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } }, AttributesToGet: ['v'] }),
      ),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: "The legacy parameter 'AttributesToGet' is not supported: use an expression",
    });
    await expect(
      dynamodb.client.send(
        new PutItemCommand({ TableName: 'things', Item: { pk: { S: 'a' } }, Expected: { v: { Exists: false } } }),
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining("'Expected'") });
  });

  it.each([
    ['an unknown parameter', { TableName: 'things', Key: { pk: { S: 'a' } }, Colour: 'red' }, 'ValidationException'],
    ['a missing parameter', { TableName: 'things' }, 'ValidationException'],
    ['a parameter of another type', { TableName: 7, Key: {} }, 'SerializationException'],
    [
      'a choice that does not exist',
      { TableName: 'things', Key: {}, ReturnConsumedCapacity: 'SOME' },
      'ValidationException',
    ],
    ['a value of an unknown type', { TableName: 'things', Key: { pk: { X: 'a' } } }, 'ValidationException'],
    ['a value of two types', { TableName: 'things', Key: { pk: { S: 'a', N: '1' } } }, 'ValidationException'],
    ['a number that is no text', { TableName: 'things', Key: { pk: { N: 1 } } }, 'SerializationException'],
    ['a binary that is no base64', { TableName: 'things', Key: { pk: { B: 'a!' } } }, 'SerializationException'],
    ['a null that is false', { TableName: 'things', Key: { pk: { NULL: false } } }, 'ValidationException'],
  ])('fails on %s', async (_, body, type) => {
    const answer = await ask('GetItem', body);
    expect(answer.status).toBe(400);
    expect(answer.body['__type']).toMatch(new RegExp(`#${type}$`));
    expect(answer.body['message']).toEqual(expect.any(String));
  });

  it.each(['', '{', '7', '[]', 'null', `{"Key": ${'{"M":'.repeat(5000)}`])('fails on the body %.20s', async (body) => {
    const response = await post('DynamoDB_20120810.GetItem', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'com.amazon.coral.service#SerializationException' });
  });

  it('fails on values nested without end, and goes on', async () => {
    const nested = `${'{"M":{"n":'.repeat(20_000)}{"S":"x"}${'}}'.repeat(20_000)}`;
    const response = await post(
      'DynamoDB_20120810.PutItem',
      `{"TableName":"things","Item":{"pk":{"S":"deep"},"v":${nested}}}`,
    );
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('Nesting Levels') });
    expect((await ask('ListTables', {})).status).toBe(200);
  });

  it.each([
    ['BatchGetItem', { RequestItems: { things: null } }],
    ['BatchGetItem', { RequestItems: { things: { Keys: [null] } } }],
    ['BatchWriteItem', { RequestItems: { things: {} } }],
    ['BatchWriteItem', { RequestItems: { things: [null] } }],
    ['BatchWriteItem', { RequestItems: { things: [{ PutRequest: 7 }] } }],
    ['TransactWriteItems', { TransactItems: [null] }],
    ['TransactWriteItems', { TransactItems: [{ Put: null }] }],
    ['TransactGetItems', { TransactItems: [{ Get: [] }] }],
    ['CreateTable', { TableName: 7 }],
    ['CreateTable', { TableName: 'wrong', KeySchema: 'pk' }],
    ['UpdateTimeToLive', { TableName: 'things', TimeToLiveSpecification: { Enabled: 'yes', AttributeName: 'x' } }],
  ])('fails on the parts of a malformed %s', async (operation, body) => {
    const answer = await ask(operation, body);
    expect(answer.status).toBe(400);
    expect(answer.body['__type']).toMatch(/#(Serialization|Validation)Exception$/);
  });

  it('goes on when a client goes away in the middle of a request', async () => {
    const { hostname, port } = new URL(dynamodb.url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    socket.write(
      'POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: DynamoDB_20120810.ListTables\r\ncontent-length: 9\r\n\r\n{',
    );
    socket.destroySoon();
    await closed;
    expect((await ask('ListTables', {})).status).toBe(200);
  });

  it('fails on a request above 16 MB', async () => {
    const answer = await ask('PutItem', { TableName: 'things', Item: { pk: { S: 'x'.repeat(17 * 1024 * 1024) } } });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('at most 16777216') } });
  });
});
