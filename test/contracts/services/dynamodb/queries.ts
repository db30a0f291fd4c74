import { BatchWriteCommand, NumberValue, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, expect } from 'vitest';
import { failure, NUMBERS, type Suite, somePartition, THINGS } from './suite.ts';

const WORDS = ['a', 'ab', 'abc', 'b', 'ba', 'Z', 'é', '～', '😀'];
// By UTF-8 bytes, which is not the order of UTF-16 code units: U+FF5E comes before U+1F600.
const SORTED = ['Z', 'a', 'ab', 'abc', 'b', 'ba', 'é', '～', '😀'];

/** Condition on the range key `sk`, its values, the keys that it finds. */
const RANGES: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
  ['sk = :v', { ':v': 'ab' }, ['ab']],
  ['sk < :v', { ':v': 'ab' }, ['Z', 'a']],
  ['sk <= :v', { ':v': 'ab' }, ['Z', 'a', 'ab']],
  ['sk > :v', { ':v': 'b' }, ['ba', 'é', '～', '😀']],
  ['sk >= :v', { ':v': 'ba' }, ['ba', 'é', '～', '😀']],
  ['sk BETWEEN :v AND :w', { ':v': 'ab', ':w': 'b' }, ['ab', 'abc', 'b']],
  ['begins_with(sk, :v)', { ':v': 'ab' }, ['ab', 'abc']],
];

/** Key condition, what AWS says of it. */
const REFUSED: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
  ['sk = :v', { ':v': 'a' }, /missed key schema element: pk/],
  ['pk = :v AND elsewhere = :v', { ':v': 'a' }, /missed key schema element: sk/],
  ['pk > :v', { ':v': 'a' }, /Query key condition not supported/],
  ['pk = :v OR sk = :v', { ':v': 'a' }, /KeyConditionExpression: OR/],
  ['pk = :v AND sk <> :v', { ':v': 'a' }, /operator/],
  ['pk = :v AND sk > :v AND sk < :v', { ':v': 'a' }, /one condition per key/],
  ['pk = :v AND sk = :n', { ':v': 'a', ':n': 1 }, /parameter type does not match schema type/],
  ['pk = :v AND sk = pk', { ':v': 'a' }, /./],
  ['', {}, /can not be empty/],
];

export function askQueries({ check, documents }: Suite): void {
  const pk = somePartition();
  beforeAll(async () => {
    const requests = WORDS.map((sk, index) => ({ PutRequest: { Item: { pk, sk, index, even: index % 2 === 0 } } }));
    await documents().send(new BatchWriteCommand({ RequestItems: { [THINGS]: requests } }));
  });

  const query = (KeyConditionExpression: string, values: Readonly<Record<string, unknown>>, more: object = {}) =>
    documents().send(
      new QueryCommand({
        TableName: THINGS,
        KeyConditionExpression,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        ...more,
      }),
    );
  const keys = (items: readonly Readonly<Record<string, unknown>>[] | undefined) => items?.map(({ sk }) => sk);

  check('orders strings by their UTF-8 bytes, forward and backward', async () => {
    const forward = await query('pk = :p', { ':p': pk });
    expect(keys(forward.Items)).toEqual(SORTED);
    expect(forward).toMatchObject({ Count: SORTED.length, ScannedCount: SORTED.length });
    const backward = await query('pk = :p', { ':p': pk }, { ScanIndexForward: false, ConsistentRead: true });
    expect(keys(backward.Items)).toEqual(SORTED.toReversed());
  });

  for (const [condition, values, found] of RANGES) {
    check(`finds a range: ${condition}`, async () => {
      const ahead = await query(`pk = :p AND ${condition}`, { ':p': pk, ...values });
      expect(keys(ahead.Items)).toEqual(found);
      const swapped = await query(`(${condition}) AND pk = :p`, { ':p': pk, ...values }, { ScanIndexForward: false });
      expect(keys(swapped.Items)).toEqual(found.toReversed());
    });
  }

  for (const [condition, values, message] of REFUSED) {
    check(`fails on the key condition: ${condition}`, async () => {
      await expect(query(condition, values)).rejects.toMatchObject(failure('ValidationException', message));
    });
  }

  check('orders numbers by value', async () => {
    const numbers = [
      '-100000000000000000000',
      '-100',
      '-10.5',
      '-10',
      '-0.001',
      '0',
      '0.5',
      '1',
      '1.5',
      '2',
      '10',
      '99',
      '100',
      '100000000000000000000',
    ];
    const partition = somePartition();
    for (const n of numbers.toReversed()) {
      await documents().send(
        new PutCommand({ TableName: NUMBERS, Item: { pk: partition, n: NumberValue.from(n), text: n } }),
      );
    }
    const ask = async (condition: string, values: object) => {
      const { Items } = await documents().send(
        new QueryCommand({
          TableName: NUMBERS,
          KeyConditionExpression: condition,
          ExpressionAttributeValues: { ':p': partition, ...values },
        }),
      );
      return Items?.map(({ text }) => text);
    };
    expect(await ask('pk = :p', {})).toEqual(numbers);
    expect(await ask('pk = :p AND n > :v', { ':v': 1.5 })).toEqual(['2', '10', '99', '100', '100000000000000000000']);
    expect(await ask('pk = :p AND n BETWEEN :v AND :w', { ':v': -10, ':w': 0 })).toEqual(['-10', '-0.001', '0']);
  });

  check('filters after reading, and projects after filtering', async () => {
    const answer = await query(
      'pk = :p',
      { ':p': pk, ':yes': true },
      { FilterExpression: 'even = :yes', ProjectionExpression: '#i', ExpressionAttributeNames: { '#i': 'index' } },
    );
    expect(answer).toMatchObject({ Count: 5, ScannedCount: 9 });
    expect(answer.Items).toContainEqual({ index: 2 });
    expect(answer.Items).not.toContainEqual({ index: 1 });
  });

  check('counts without items when asked to', async () => {
    const answer = await query('pk = :p', { ':p': pk }, { Select: 'COUNT' });
    expect(answer.Count).toBe(9);
    expect(answer.Items).toBeUndefined();
  });

  check('fails on a filter over a key attribute', async () => {
    await expect(query('pk = :p', { ':p': pk, ':v': 'a' }, { FilterExpression: 'sk = :v' })).rejects.toMatchObject(
      failure('ValidationException', /Filter Expression can only contain non-primary key attributes/),
    );
  });

  check('fails on a filter that is wrong, even where nothing is found', async () => {
    await expect(
      query('pk = :p', { ':p': somePartition(), ':v': 1 }, { FilterExpression: 'begins_with(t, :v)' }),
    ).rejects.toMatchObject(failure('ValidationException', /Invalid FilterExpression/));
  });

  check('fails on a query without a key condition', async () => {
    await expect(documents().send(new QueryCommand({ TableName: THINGS }))).rejects.toMatchObject(
      failure('ValidationException', /KeyConditionExpression/),
    );
  });

  check('fails on a limit of nothing', async () => {
    await expect(query('pk = :p', { ':p': pk }, { Limit: 0 })).rejects.toMatchObject(failure('ValidationException'));
  });
}
