import { BatchGetCommand, BatchWriteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { failure, NUMBERS, type Suite, somePartition, THINGS } from './suite.ts';

export function askBatches({ check, documents }: Suite): void {
  const puts = (pk: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ PutRequest: { Item: { pk, sk: `${index}`, v: index } } }));
  const write = (RequestItems: Record<string, object[]>) =>
    documents().send(new BatchWriteCommand({ RequestItems: RequestItems as never }));
  const read = (RequestItems: Record<string, { Keys: Record<string, unknown>[] }>) =>
    documents().send(new BatchGetCommand({ RequestItems }));
  const keys = (pk: string, count: number) => Array.from({ length: count }, (_, index) => ({ pk, sk: `${index}` }));

  check('writes and reads over several tables at once', async () => {
    const pk = somePartition();
    const answer = await write({ [THINGS]: puts(pk, 24), [NUMBERS]: [{ PutRequest: { Item: { pk, n: 1 } } }] });
    expect(answer.UnprocessedItems).toEqual({});
    const { Responses, UnprocessedKeys } = await read({
      [THINGS]: { Keys: [...keys(pk, 24), { pk, sk: 'missing' }] },
      [NUMBERS]: { Keys: [{ pk, n: 1 }] },
    });
    expect(UnprocessedKeys).toEqual({});
    expect(Responses?.[THINGS]).toHaveLength(24);
    expect(Responses?.[THINGS]).toContainEqual({ pk, sk: '7', v: 7 });
    expect(Responses?.[NUMBERS]).toEqual([{ pk, n: 1 }]);
  });

  check('deletes and puts in one batch', async () => {
    const pk = somePartition();
    await write({ [THINGS]: puts(pk, 2) });
    await write({
      [THINGS]: [{ DeleteRequest: { Key: { pk, sk: '0' } } }, { PutRequest: { Item: { pk, sk: '2' } } }],
    });
    const { Responses } = await read({ [THINGS]: { Keys: keys(pk, 3) } });
    expect(Responses?.[THINGS]?.map(({ sk }) => sk).toSorted()).toEqual(['1', '2']);
  });

  check('projects what a batch reads', async () => {
    const pk = somePartition();
    await documents().send(new PutCommand({ TableName: THINGS, Item: { pk, sk: '0', v: 1, w: 2 } }));
    const { Responses } = await documents().send(
      new BatchGetCommand({
        RequestItems: { [THINGS]: { Keys: keys(pk, 1), ProjectionExpression: 'w', ConsistentRead: true } },
      }),
    );
    expect(Responses?.[THINGS]).toEqual([{ w: 2 }]);
  });

  check('leaves for later what makes the answer larger than 16 MB', async () => {
    const pk = somePartition();
    const text = 'x'.repeat(390 * 1024);
    const count = 44;
    for (let first = 0; first < count; first += 11) {
      const requests = Array.from({ length: 11 }, (_, index) => ({
        PutRequest: { Item: { pk, sk: `${first + index}`, text } },
      }));
      await write({ [THINGS]: requests });
    }
    const answer = await read({ [THINGS]: { Keys: keys(pk, count) } });
    const got = answer.Responses?.[THINGS]?.length ?? 0;
    expect(got).toBeLessThan(count);
    expect(answer.UnprocessedKeys?.[THINGS]?.Keys).toHaveLength(count - got);
  });

  check('takes 25 writes and 100 reads, and fails on one more', async () => {
    const pk = somePartition();
    await write({ [THINGS]: puts(pk, 25) });
    await expect(write({ [THINGS]: puts(pk, 26) })).rejects.toMatchObject(failure('ValidationException'));
    const { Responses } = await read({ [THINGS]: { Keys: keys(pk, 100) } });
    expect(Responses?.[THINGS]).toHaveLength(25);
    await expect(read({ [THINGS]: { Keys: keys(pk, 101) } })).rejects.toMatchObject(failure('ValidationException'));
  });

  check('fails on one item twice in a batch', async () => {
    const pk = somePartition();
    await expect(write({ [THINGS]: [...puts(pk, 1), ...puts(pk, 1)] })).rejects.toMatchObject(
      failure('ValidationException', /contains duplicates/),
    );
    await expect(read({ [THINGS]: { Keys: [...keys(pk, 1), ...keys(pk, 1)] } })).rejects.toMatchObject(
      failure('ValidationException', /contains duplicates/),
    );
  });

  check('writes nothing of a batch that holds an invalid item', async () => {
    const pk = somePartition();
    await expect(write({ [THINGS]: [...puts(pk, 1), { PutRequest: { Item: { pk } } }] })).rejects.toMatchObject(
      failure('ValidationException'),
    );
    const { Item } = await documents().send(new GetCommand({ TableName: THINGS, Key: { pk, sk: '0' } }));
    expect(Item).toBeUndefined();
  });

  check('fails on an empty batch and on a table that does not exist', async () => {
    await expect(write({})).rejects.toMatchObject(failure('ValidationException'));
    await expect(read({ nowhere: { Keys: keys('p', 1) } })).rejects.toMatchObject(failure('ResourceNotFoundException'));
  });
}
