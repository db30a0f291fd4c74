import { BatchWriteCommand, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect } from 'vitest';
import { failure, type Suite, somePartition, THINGS } from './suite.ts';

type Item = Readonly<Record<string, unknown>>;
interface Page {
  Items?: Item[] | undefined;
  LastEvaluatedKey?: Record<string, unknown> | undefined;
}

export function askPages({ check, documents }: Suite): void {
  const pk = somePartition();
  const sorted = Array.from({ length: 25 }, (_, index) => String(index).padStart(2, '0'));
  beforeAll(async () => {
    const requests = sorted.map((sk) => ({ PutRequest: { Item: { pk, sk, odd: Number(sk) % 2 } } }));
    await documents().send(new BatchWriteCommand({ RequestItems: { [THINGS]: requests } }));
  });

  const query = (more: object) =>
    documents().send(
      new QueryCommand({
        TableName: THINGS,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': pk },
        ...more,
      }),
    );
  const scan = (more: object) => documents().send(new ScanCommand({ TableName: THINGS, ...more }));

  check('reads a partition in pages of every length, in both directions', async () => {
    for (const Limit of [1, 7, 24, 25, 26]) {
      const forward = await allPages((start) => query({ Limit, ExclusiveStartKey: start }));
      expect(forward.items.map(({ sk }) => sk)).toEqual(sorted);
      const backward = await allPages((start) => query({ Limit, ExclusiveStartKey: start, ScanIndexForward: false }));
      expect(backward.items.map(({ sk }) => sk)).toEqual(sorted.toReversed());
    }
  });

  check('limits what is looked at, not what passes the filter', async () => {
    const page = await query({
      Limit: 4,
      FilterExpression: 'odd = :o',
      ExpressionAttributeValues: { ':p': pk, ':o': 1 },
    });
    expect(page).toMatchObject({ Count: 2, ScannedCount: 4, LastEvaluatedKey: { pk, sk: '03' } });
  });

  check('goes on from a key that is no longer there', async () => {
    const page = await query({ Limit: 2, ExclusiveStartKey: { pk, sk: '05x' } });
    expect(page.Items?.map(({ sk }) => sk)).toEqual(['06', '07']);
  });

  check('ends a page at 1 MB', async () => {
    const heavy = somePartition();
    const text = 'x'.repeat(300 * 1024);
    for (const sk of ['1', '2', '3', '4', '5']) {
      await documents().send(new PutCommand({ TableName: THINGS, Item: { pk: heavy, sk, text } }));
    }
    const ask = (start: Record<string, unknown> | undefined) =>
      query({ ExpressionAttributeValues: { ':p': heavy }, ExclusiveStartKey: start, ProjectionExpression: 'sk' });
    const { items, pages } = await allPages(ask);
    expect(items.map(({ sk }) => sk)).toEqual(['1', '2', '3', '4', '5']);
    expect(pages).toBe(2);
  });

  check('scans a table in pages, every item once', async () => {
    const filter = { FilterExpression: 'pk = :p', ExpressionAttributeValues: { ':p': pk } };
    const { items, pages } = await allPages((start) => scan({ Limit: 10, ExclusiveStartKey: start, ...filter }));
    expect(items.map(({ sk }) => sk).toSorted()).toEqual(sorted);
    expect(pages).toBeGreaterThan(2);
  });

  check('scans in segments that together are the table', async () => {
    const whole = await allPages((start) => scan({ ExclusiveStartKey: start, ProjectionExpression: 'pk, sk' }));
    const segments = [0, 1, 2].map((Segment) =>
      allPages((start) =>
        scan({ Segment, TotalSegments: 3, ExclusiveStartKey: start, ProjectionExpression: 'pk, sk' }),
      ),
    );
    const parts = await Promise.all(segments);
    const texts = (items: readonly Item[]) => items.map((item) => `${item['pk']} ${item['sk']}`).toSorted();
    expect(texts(parts.flatMap(({ items }) => items))).toEqual(texts(whole.items));
    expect(parts.filter(({ items }) => items.length > 0).length).toBeGreaterThan(1);
  });

  check('fails on a segment outside the total', async () => {
    await expect(scan({ Segment: 3, TotalSegments: 3 })).rejects.toMatchObject(
      failure('ValidationException', /Segment/),
    );
  });

  check('fails on a starting key that does not fit', async () => {
    await expect(query({ ExclusiveStartKey: { pk } })).rejects.toMatchObject(
      failure('ValidationException', /starting key is invalid/),
    );
    await expect(query({ ExclusiveStartKey: { pk: somePartition(), sk: '05' } })).rejects.toMatchObject(
      failure('ValidationException', /starting key/),
    );
  });
}

async function allPages(ask: (start: Record<string, unknown> | undefined) => Promise<Page>) {
  const items: Item[] = [];
  let pages = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const page = await ask(start);
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
    pages++;
  } while (start !== undefined);
  return { items, pages };
}
