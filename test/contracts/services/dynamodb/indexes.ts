import { BatchWriteCommand, PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { failure, type Suite, somePartition, THINGS } from './suite.ts';

export function askIndexes({ check, documents }: Suite): void {
  const query = (IndexName: string, holder: string, more: object = {}) =>
    documents().send(
      new QueryCommand({
        TableName: THINGS,
        IndexName,
        KeyConditionExpression: 'holder = :h',
        ExpressionAttributeValues: { ':h': holder },
        ...more,
      }),
    );
  const ranks = async (holder: string, more: object = {}) => {
    const { Items } = await query('by-holder', holder, more);
    return Items?.map(({ rank }) => rank);
  };
  const put = (Item: Record<string, unknown>) => documents().send(new PutCommand({ TableName: THINGS, Item }));

  check('finds by an index, in its order, only what has its key', async () => {
    const holder = somePartition();
    for (const rank of [10, 9, -1, 2.5]) await put({ pk: somePartition(), sk: 'a', holder, rank });
    await put({ pk: somePartition(), sk: 'a', holder });
    expect(await ranks(holder)).toEqual([-1, 2.5, 9, 10]);
    expect(await ranks(holder, { ScanIndexForward: false })).toEqual([10, 9, 2.5, -1]);
    const all = await query('keys-by-holder', holder);
    expect(all.Count).toBe(5);
  });

  check('follows an item through updates and out of the index', async () => {
    const [holder, other, pk] = [somePartition(), somePartition(), somePartition()];
    const Key = { pk, sk: 'a' };
    await put({ ...Key, holder, rank: 1 });
    const update = (UpdateExpression: string, ExpressionAttributeValues?: Record<string, unknown>) =>
      documents().send(new UpdateCommand({ TableName: THINGS, Key, UpdateExpression, ExpressionAttributeValues }));
    await update('SET holder = :o', { ':o': other });
    expect([await ranks(holder), await ranks(other)]).toEqual([[], [1]]);
    await update('REMOVE holder');
    expect(await ranks(other)).toEqual([]);
  });

  check('shows what the projection of the index holds', async () => {
    const [holder, pk] = [somePartition(), somePartition()];
    const item = { pk, sk: 'a', holder, rank: 1, note: 'n', secret: 's' };
    await put(item);
    const shown = async (index: string) => (await query(index, holder)).Items;
    expect(await shown('by-holder')).toEqual([item]);
    expect(await shown('keys-by-holder')).toEqual([{ pk, sk: 'a', holder }]);
    expect(await shown('some-by-holder')).toEqual([{ pk, sk: 'a', holder, rank: 1, note: 'n' }]);
  });

  check('finds within a partition by a local index, and fetches what that does not hold', async () => {
    const pk = somePartition();
    for (const [sk, score] of [
      ['x', 3],
      ['y', 1],
      ['z', 2],
    ] as const)
      await put({ pk, sk, score, note: `n${sk}` });
    await put({ pk, sk: 'unscored' });
    const ask = async (more: object) => {
      const { Items } = await documents().send(
        new QueryCommand({
          TableName: THINGS,
          IndexName: 'by-score',
          KeyConditionExpression: 'pk = :p AND score > :s',
          ExpressionAttributeValues: { ':p': pk, ':s': 1 },
          ConsistentRead: true,
          ...more,
        }),
      );
      return Items;
    };
    expect(await ask({})).toEqual([
      { pk, sk: 'z', score: 2 },
      { pk, sk: 'x', score: 3 },
    ]);
    expect(await ask({ ProjectionExpression: 'note' })).toEqual([{ note: 'nz' }, { note: 'nx' }]);
  });

  check('goes through an index in pages, also where keys are equal', async () => {
    const holder = somePartition();
    const requests = Array.from({ length: 9 }, (_, index) => ({
      PutRequest: { Item: { pk: somePartition(), sk: `${index}`, holder, rank: Math.floor(index / 3) } },
    }));
    await documents().send(new BatchWriteCommand({ RequestItems: { [THINGS]: requests } }));
    for (const ScanIndexForward of [true, false]) {
      const found: unknown[] = [];
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const page = await query('by-holder', holder, { Limit: 2, ExclusiveStartKey, ScanIndexForward });
        found.push(...(page.Items ?? []).map(({ sk }) => sk));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      expect(found.toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    }
  });

  check('scans an index', async () => {
    const holder = somePartition();
    await put({ pk: somePartition(), sk: 'a', holder, rank: 1 });
    const { Items } = await documents().send(
      new ScanCommand({
        TableName: THINGS,
        IndexName: 'by-holder',
        FilterExpression: 'holder = :h',
        ExpressionAttributeValues: { ':h': holder },
      }),
    );
    expect(Items).toHaveLength(1);
  });

  check('fails on a consistent read of a global index', async () => {
    await expect(query('by-holder', 'h', { ConsistentRead: true })).rejects.toMatchObject(
      failure('ValidationException', /Consistent reads are not supported on global secondary indexes/),
    );
  });

  check('fails on an index that does not exist', async () => {
    await expect(query('by-nothing', 'h')).rejects.toMatchObject(
      failure('ValidationException', /does not have the specified index: by-nothing/),
    );
  });

  check('fails on attributes that a global index does not hold', async () => {
    await expect(query('some-by-holder', 'h', { ProjectionExpression: 'secret' })).rejects.toMatchObject(
      failure('ValidationException', /some-by-holder does not project \[secret\]/),
    );
    await expect(query('keys-by-holder', 'h', { Select: 'ALL_ATTRIBUTES' })).rejects.toMatchObject(
      failure('ValidationException', /ALL_ATTRIBUTES is not supported for global secondary index keys-by-holder/),
    );
  });

  check('fails on an index key of another type, or an empty one', async () => {
    await expect(put({ pk: somePartition(), sk: 'a', holder: 7 })).rejects.toMatchObject(
      failure('ValidationException', /Type mismatch for Index Key holder Expected: S Actual: N/),
    );
    await expect(put({ pk: somePartition(), sk: 'a', holder: '' })).rejects.toMatchObject(
      failure('ValidationException', /cannot contain an empty string value/),
    );
  });
}
