import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { BLOBS, failure, NUMBERS, type Suite, somePartition, THINGS } from './suite.ts';

export function askItems({ check, backend, documents }: Suite): void {
  const put = (Item: Record<string, unknown>) => documents().send(new PutCommand({ TableName: THINGS, Item }));
  const get = async (pk: string, more = {}) => {
    const answer = await documents().send(new GetCommand({ TableName: THINGS, Key: { pk, sk: 'a' }, ...more }));
    return answer.Item;
  };

  check('keeps every type of value', async () => {
    const pk = somePartition();
    const item = {
      pk,
      sk: 'a',
      text: 'grüße 🚢',
      empty: '',
      number: -1.5,
      yes: true,
      no: false,
      nothing: null,
      bytes: new Uint8Array([0, 255, 128]),
      list: [1, 'two', [null], {}],
      map: { nested: { deep: [true] } },
      strings: new Set(['x', 'y']),
      numbers: new Set([1, 2.5]),
      binaries: new Set([new Uint8Array([1]), new Uint8Array([2])]),
    };
    await put(item);
    expect(await get(pk)).toEqual(item);
  });

  check('gives nothing for an item that is not there', async () => {
    expect(await get(somePartition())).toBeUndefined();
  });

  check('replaces an item as a whole', async () => {
    const pk = somePartition();
    await put({ pk, sk: 'a', one: 1 });
    await put({ pk, sk: 'a', two: 2 });
    expect(await get(pk)).toEqual({ pk, sk: 'a', two: 2 });
  });

  check('keeps attributes named like parts of an object', async () => {
    const { client } = backend();
    const id = { S: somePartition() };
    const Item = JSON.parse(`{"pk":{"S":"${id.S}"},"sk":{"S":"a"},"constructor":{"S":"c"},"toString":{"N":"1"}}`);
    await client.send(new PutItemCommand({ TableName: THINGS, Item }));
    const found = await client.send(new GetItemCommand({ TableName: THINGS, Key: { pk: id, sk: { S: 'a' } } }));
    expect(found.Item).toEqual(Item);
  });

  check('tells what was there before a put or a delete when asked to', async () => {
    const pk = somePartition();
    const Key = { pk, sk: 'a' };
    const first = await documents().send(
      new PutCommand({ TableName: THINGS, Item: { ...Key, v: 1 }, ReturnValues: 'ALL_OLD' }),
    );
    expect(first.Attributes).toBeUndefined();
    const second = await documents().send(
      new PutCommand({ TableName: THINGS, Item: { ...Key, v: 2 }, ReturnValues: 'ALL_OLD' }),
    );
    expect(second.Attributes).toEqual({ ...Key, v: 1 });
    const third = await documents().send(new DeleteCommand({ TableName: THINGS, Key, ReturnValues: 'ALL_OLD' }));
    expect(third.Attributes).toEqual({ ...Key, v: 2 });
    const fourth = await documents().send(new DeleteCommand({ TableName: THINGS, Key, ReturnValues: 'ALL_OLD' }));
    expect(fourth.Attributes).toBeUndefined();
  });

  check('fails to return new values of a put', async () => {
    const Item = { pk: somePartition(), sk: 'a' };
    await expect(
      documents().send(new PutCommand({ TableName: THINGS, Item, ReturnValues: 'ALL_NEW' })),
    ).rejects.toMatchObject(failure('ValidationException', /ReturnValues/i));
  });

  check('projects attributes, elements and members, each in its place', async () => {
    const pk = somePartition();
    await put({ pk, sk: 'a', entries: [0, 1, 2, { x: 'y' }], map: { in: { deep: 1, other: 2 } }, name: 'n' });
    expect(
      await get(pk, {
        ProjectionExpression: 'entries[0], entries[2], #m.#in.deep, #n, absent',
        ExpressionAttributeNames: { '#m': 'map', '#in': 'in', '#n': 'name' },
      }),
    ).toEqual({ entries: [0, 2], map: { in: { deep: 1 } }, name: 'n' });
    expect(await get(pk, { ProjectionExpression: 'absent' })).toEqual({});
  });

  check('fails on projected paths that overlap', async () => {
    await expect(get(somePartition(), { ProjectionExpression: 'a.b, a' })).rejects.toMatchObject(
      failure('ValidationException', /Two document paths overlap with each other/),
    );
  });

  check('fails on a projected path with a reserved word', async () => {
    await expect(get(somePartition(), { ProjectionExpression: 'name' })).rejects.toMatchObject(
      failure('ValidationException', /reserved keyword; reserved keyword: name/),
    );
  });

  check('brings numbers into one form', async () => {
    const { client } = backend();
    const pk = { S: somePartition() };
    const forms: Record<string, string> = {
      '1.0': '1',
      '0012': '12',
      '1e3': '1000',
      '-0': '0',
      '12e-4': '0.0012',
      '.5': '0.5',
    };
    for (const [sent, kept] of Object.entries(forms)) {
      await client.send(new PutItemCommand({ TableName: THINGS, Item: { pk, sk: { S: 'a' }, v: { N: sent } } }));
      const { Item } = await client.send(new GetItemCommand({ TableName: THINGS, Key: { pk, sk: { S: 'a' } } }));
      expect(Item?.['v']).toEqual({ N: kept });
    }
  });

  check('finds an item by an equal number and by equal bytes', async () => {
    const { client } = backend();
    const pk = { S: somePartition() };
    await client.send(new PutItemCommand({ TableName: NUMBERS, Item: { pk, n: { N: '10' }, v: { S: 'ten' } } }));
    const byNumber = await client.send(new GetItemCommand({ TableName: NUMBERS, Key: { pk, n: { N: '1e1' } } }));
    expect(byNumber.Item?.['v']).toEqual({ S: 'ten' });
    const id = new Uint8Array([0, 1, 255]);
    await documents().send(new PutCommand({ TableName: BLOBS, Item: { id, v: 'blob' } }));
    const byBytes = await documents().send(
      new GetCommand({ TableName: BLOBS, Key: { id: new Uint8Array([0, 1, 255]) } }),
    );
    expect(byBytes.Item).toEqual({ id, v: 'blob' });
  });

  check('tells the capacity that was consumed when asked to', async () => {
    const Key = { pk: somePartition(), sk: 'a' };
    const written = await documents().send(
      new PutCommand({ TableName: THINGS, Item: Key, ReturnConsumedCapacity: 'TOTAL' }),
    );
    expect(written.ConsumedCapacity).toMatchObject({ TableName: THINGS, CapacityUnits: 1 });
    const read = await documents().send(new GetCommand({ TableName: THINGS, Key, ReturnConsumedCapacity: 'TOTAL' }));
    expect(read.ConsumedCapacity).toMatchObject({ TableName: THINGS, CapacityUnits: 0.5 });
  });

  check('fails on a key that does not fit the schema', async () => {
    const keys = [{ pk: 'p' }, { pk: 'p', sk: 1 }, { pk: 'p', sk: 'a', more: 'b' }, {}];
    for (const Key of keys) {
      await expect(documents().send(new GetCommand({ TableName: THINGS, Key }))).rejects.toMatchObject(
        failure('ValidationException', /key element does not match the schema/),
      );
    }
  });

  check('fails on an item without its key, or with a key of another type', async () => {
    await expect(put({ pk: somePartition() })).rejects.toMatchObject(
      failure('ValidationException', /Missing the key sk in the item/),
    );
    await expect(put({ pk: somePartition(), sk: 7 })).rejects.toMatchObject(
      failure('ValidationException', /Type mismatch for key sk expected: S actual: N/),
    );
  });

  check('fails on an empty string as a key', async () => {
    await expect(put({ pk: '', sk: 'a' })).rejects.toMatchObject(
      failure('ValidationException', /key attribute cannot contain an empty string value/),
    );
    await expect(
      documents().send(new GetCommand({ TableName: THINGS, Key: { pk: 'p', sk: '' } })),
    ).rejects.toMatchObject(failure('ValidationException', /key attribute cannot contain an empty string value/));
  });

  check('fails on sets that are empty or hold a value twice', async () => {
    const { client } = backend();
    const key = { pk: { S: somePartition() }, sk: { S: 'a' } };
    const values = [{ SS: [] }, { SS: ['x', 'x'] }, { NS: ['1', '1.0'] }];
    for (const v of values) {
      await expect(client.send(new PutItemCommand({ TableName: THINGS, Item: { ...key, v } }))).rejects.toMatchObject(
        failure('ValidationException'),
      );
    }
  });
}
