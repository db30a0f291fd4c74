import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { type Suite, somePartition, THINGS } from './suite.ts';

const PARALLEL = Array.from({ length: 50 }, (_, index) => index);

export function askConcurrency({ check, documents }: Suite): void {
  const counter = (pk: string) => ({
    TableName: THINGS,
    Key: { pk, sk: 'a' },
    UpdateExpression: 'ADD v :one',
    ExpressionAttributeValues: { ':one': 1 },
  });
  const get = async (pk: string) => {
    const { Item } = await documents().send(new GetCommand({ TableName: THINGS, Key: { pk, sk: 'a' } }));
    return Item;
  };

  check('counts 50 parallel additions', async () => {
    const pk = somePartition();
    await Promise.all(PARALLEL.map(() => documents().send(new UpdateCommand(counter(pk)))));
    expect(await get(pk)).toMatchObject({ v: 50 });
  });

  check('lets one of 50 parallel conditional puts win', async () => {
    const pk = somePartition();
    const outcomes = await Promise.allSettled(
      PARALLEL.map((winner) =>
        documents().send(
          new PutCommand({
            TableName: THINGS,
            Item: { pk, sk: 'a', winner },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
    );
    const winners = PARALLEL.filter((index) => outcomes[index]?.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect(await get(pk)).toMatchObject({ winner: winners[0] });
    const reasons = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(reasons.every((reason) => reason instanceof ConditionalCheckFailedException)).toBe(true);
  });

  check('counts those of 50 parallel transactions that went through', async () => {
    const pk = somePartition();
    const outcomes = await Promise.allSettled(
      PARALLEL.map((index) =>
        documents().send(
          new TransactWriteCommand({
            TransactItems: [
              { Update: counter(pk) },
              {
                Put: {
                  TableName: THINGS,
                  Item: { pk, sk: `entry-${index}` },
                  ConditionExpression: 'attribute_not_exists(pk)',
                },
              },
            ],
          }),
        ),
      ),
    );
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(done).toBeGreaterThan(0);
    expect(await get(pk)).toMatchObject({ v: done });
    const reasons = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
    // AWS cancels transactions that meet; one after the other is as good.
    expect(reasons.every((reason) => reason instanceof TransactionCanceledException)).toBe(true);
  });
}
