import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  GetCommand,
  PutCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { failure, NUMBERS, type Suite, somePartition, THINGS } from './suite.ts';

type Actions = NonNullable<TransactWriteCommandInput['TransactItems']>;

export function askTransactions({ check, backend, documents }: Suite): void {
  const write = (TransactItems: Actions, more: object = {}) =>
    documents().send(new TransactWriteCommand({ TransactItems, ...more }));
  const get = async (pk: string) => {
    const { Item } = await documents().send(new GetCommand({ TableName: THINGS, Key: { pk, sk: 'a' } }));
    return Item;
  };
  const put = (pk: string, more: object = {}) => ({ Put: { TableName: THINGS, Item: { pk, sk: 'a', v: 1 }, ...more } });
  const add = (pk: string, more: object = {}) => ({
    Update: {
      TableName: THINGS,
      Key: { pk, sk: 'a' },
      UpdateExpression: 'ADD v :one',
      ExpressionAttributeValues: { ':one': 1 },
      ...more,
    },
  });
  const reasonsOf = async (transaction: Promise<unknown>) => {
    const error = await transaction.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TransactionCanceledException);
    return (error as TransactionCanceledException).CancellationReasons;
  };

  check('puts, updates, deletes and checks in one step, over several tables', async () => {
    const [a, b, c, d] = [somePartition(), somePartition(), somePartition(), somePartition()];
    await write([put(b), put(c), put(d)]);
    await write([
      put(a, { ConditionExpression: 'attribute_not_exists(pk)' }),
      add(b),
      { Delete: { TableName: THINGS, Key: { pk: c, sk: 'a' } } },
      {
        ConditionCheck: {
          TableName: THINGS,
          Key: { pk: d, sk: 'a' },
          ConditionExpression: 'v = :v',
          ExpressionAttributeValues: { ':v': 1 },
        },
      },
      { Put: { TableName: NUMBERS, Item: { pk: a, n: 5 } } },
    ]);
    expect([await get(a), await get(b), await get(c), await get(d)]).toEqual([
      { pk: a, sk: 'a', v: 1 },
      { pk: b, sk: 'a', v: 2 },
      undefined,
      { pk: d, sk: 'a', v: 1 },
    ]);
    const other = await documents().send(new GetCommand({ TableName: NUMBERS, Key: { pk: a, n: 5 } }));
    expect(other.Item).toEqual({ pk: a, n: 5 });
  });

  check('does nothing at all when one condition fails, and tells each action its reason in order', async () => {
    const [a, b, c] = [somePartition(), somePartition(), somePartition()];
    await write([put(b)]);
    const transaction = write([
      put(a),
      put(b, { ConditionExpression: 'attribute_not_exists(pk)' }),
      add(c, { ConditionExpression: 'attribute_exists(pk)' }),
    ]);
    await expect(transaction).rejects.toThrow(/\[None, ConditionalCheckFailed, ConditionalCheckFailed\]/);
    const reasons = await reasonsOf(transaction);
    expect(reasons?.map(({ Code }) => Code)).toEqual(['None', 'ConditionalCheckFailed', 'ConditionalCheckFailed']);
    expect(reasons?.[0]?.Message).toBeUndefined();
    expect(reasons?.[1]?.Message).toMatch(/conditional request failed/);
    expect(reasons?.[1]?.Item).toBeUndefined();
    expect([await get(a), await get(c)]).toEqual([undefined, undefined]);
  });

  check('shows the item that failed its condition when asked to', async () => {
    const pk = somePartition();
    await write([put(pk)]);
    const reasons = await reasonsOf(
      write([
        put(somePartition()),
        put(pk, {
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ]),
    );
    // The document client leaves errors as they came.
    expect(reasons?.[1]?.Item).toMatchObject({ pk: { S: pk }, v: { N: '1' } });
  });

  check('cancels a transaction for an item that its table cannot hold', async () => {
    const [a, b] = [somePartition(), somePartition()];
    const wrong = { Put: { TableName: THINGS, Item: { pk: b, sk: 7 } } };
    const reasons = await reasonsOf(write([put(a), wrong]));
    expect(reasons?.map(({ Code }) => Code)).toEqual(['None', 'ValidationError']);
    expect(reasons?.[1]?.Message).toMatch(/Type mismatch for key/);
    expect(await get(a)).toBeUndefined();
  });

  check('cancels a transaction for an update that its item does not allow', async () => {
    const [a, b] = [somePartition(), somePartition()];
    await documents().send(new PutCommand({ TableName: THINGS, Item: { pk: b, sk: 'a', v: 'text' } }));
    const reasons = await reasonsOf(write([put(a), add(b)]));
    expect(reasons?.map(({ Code }) => Code)).toEqual(['None', 'ValidationError']);
    expect(await get(a)).toBeUndefined();
  });

  check('fails on one item twice', async () => {
    const pk = somePartition();
    await expect(write([put(pk), add(pk)])).rejects.toMatchObject(
      failure('ValidationException', /cannot include multiple operations on one item/),
    );
  });

  check('fails as a whole on a wrong expression', async () => {
    const wrong = put(somePartition(), { ConditionExpression: 'v = :nope' });
    await expect(write([put(somePartition()), wrong])).rejects.toMatchObject(failure('ValidationException', /:nope/));
  });

  check('takes 100 actions, and fails on 101 and on none', async () => {
    const many = (count: number) => Array.from({ length: count }, () => put(somePartition()));
    await write(many(100));
    await expect(write(many(101))).rejects.toMatchObject(failure('ValidationException', /100/));
    await expect(write([])).rejects.toMatchObject(failure('ValidationException', /1/));
  });

  check('fails on more than 4 MB', async () => {
    const text = 'x'.repeat(300 * 1024);
    const actions = Array.from({ length: 15 }, () => ({
      Put: { TableName: THINGS, Item: { pk: somePartition(), sk: 'a', text } },
    }));
    await expect(write(actions)).rejects.toMatchObject(failure('ValidationException', /size cannot exceed/));
  });

  check('does once what is asked twice with one token', async () => {
    const pk = somePartition();
    const ClientRequestToken = randomUUID();
    await write([add(pk)], { ClientRequestToken });
    await write([add(pk)], { ClientRequestToken });
    expect(await get(pk)).toMatchObject({ v: 1 });
    await write([add(pk)], { ClientRequestToken: randomUUID() });
    expect(await get(pk)).toMatchObject({ v: 2 });
  });

  check('fails on one token for two transactions', async () => {
    const ClientRequestToken = randomUUID();
    await write([put(somePartition())], { ClientRequestToken });
    await expect(write([put(somePartition())], { ClientRequestToken })).rejects.toMatchObject(
      failure('IdempotentParameterMismatchException'),
    );
  });

  check('forgets a token after ten minutes', async () => {
    const pk = somePartition();
    const ClientRequestToken = randomUUID();
    await write([add(pk)], { ClientRequestToken });
    backend().advance?.(10 * 60 * 1000 + 1);
    await write([add(pk)], { ClientRequestToken });
    expect(await get(pk)).toMatchObject({ v: 2 });
  });

  check('reads several items in one step, in order, and nothing for what is not there', async () => {
    const [a, b] = [somePartition(), somePartition()];
    await write([put(a), put(b)]);
    const item = (pk: string, more: object = {}) => ({ Get: { TableName: THINGS, Key: { pk, sk: 'a' }, ...more } });
    const { Responses } = await documents().send(
      new TransactGetCommand({
        TransactItems: [item(b), item(somePartition()), item(a, { ProjectionExpression: 'v' })],
      }),
    );
    expect(Responses?.map(({ Item }) => Item)).toEqual([{ pk: b, sk: 'a', v: 1 }, undefined, { v: 1 }]);
  });

  check('fails to read more than 100 items in one step', async () => {
    const TransactItems = Array.from({ length: 101 }, () => ({
      Get: { TableName: THINGS, Key: { pk: somePartition(), sk: 'a' } },
    }));
    await expect(documents().send(new TransactGetCommand({ TransactItems }))).rejects.toMatchObject(
      failure('ValidationException', /100/),
    );
  });
}
