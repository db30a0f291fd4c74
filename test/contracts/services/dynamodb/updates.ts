import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { failure, type Suite, somePartition, THINGS } from './suite.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** Title, item before, expression, values, item after. */
const GRID: readonly (readonly [string, Attributes, string, Attributes, Attributes])[] = [
  ['sets a value', { a: 1 }, 'SET a = :v, b = :w', { ':v': 2, ':w': 'x' }, { a: 2, b: 'x' }],
  ['copies an attribute', { a: 1 }, 'SET b = a', {}, { a: 1, b: 1 }],
  ['adds and subtracts', { a: 5 }, 'SET a = a - :v, b = :v + a', { ':v': 2 }, { a: 3, b: 7 }],
  ['uses a default', {}, 'SET a = if_not_exists(a, :v) + :w', { ':v': 10, ':w': 1 }, { a: 11 }],
  ['keeps what is there', { a: 1 }, 'SET a = if_not_exists(a, :v)', { ':v': 2 }, { a: 1 }],
  ['appends to a list', { l: [1] }, 'SET l = list_append(l, :v)', { ':v': [2] }, { l: [1, 2] }],
  ['prepends to a list', { l: [1] }, 'SET l = list_append(:v, l)', { ':v': [2] }, { l: [2, 1] }],
  [
    'starts a list that is not there',
    {},
    'SET l = list_append(if_not_exists(l, :none), :v)',
    { ':none': [], ':v': [1] },
    { l: [1] },
  ],
  ['sets a member of a map', { m: { a: 1 } }, 'SET m.b = :v', { ':v': 2 }, { m: { a: 1, b: 2 } }],
  ['sets an element of a list', { l: [1, 2, 3] }, 'SET l[1] = :v', { ':v': 9 }, { l: [1, 9, 3] }],
  [
    'sets elements behind the end in the order of their numbers',
    { l: [1] },
    'SET l[9] = :b, l[5] = :a',
    { ':a': 'a', ':b': 'b' },
    { l: [1, 'a', 'b'] },
  ],
  ['reaches deep', { m: { l: [{ x: 1 }] } }, 'SET m.l[0].x = :v', { ':v': 2 }, { m: { l: [{ x: 2 }] } }],
  ['removes attributes', { a: 1, b: 2 }, 'REMOVE a, absent', {}, { b: 2 }],
  ['removes a member', { m: { a: 1 } }, 'REMOVE m.a', {}, { m: {} }],
  [
    'counts removed elements by their numbers before',
    { l: [0, 1, 2, 3] },
    'REMOVE l[0], l[2] SET l[3] = :v',
    { ':v': 'x' },
    { l: [1, 'x'] },
  ],
  ['reads what it removes', { a: 1 }, 'REMOVE a SET b = a', {}, { b: 1 }],
  ['adds to a number', { a: 1 }, 'ADD a :v', { ':v': -3 }, { a: -2 }],
  ['adds to a number that is not there', {}, 'ADD a :v', { ':v': 3 }, { a: 3 }],
  ['adds to a set', { s: new Set(['x']) }, 'ADD s :v', { ':v': new Set(['x', 'y']) }, { s: new Set(['x', 'y']) }],
  ['adds to a set that is not there', {}, 'ADD s :v', { ':v': new Set([1]) }, { s: new Set([1]) }],
  [
    'deletes from a set',
    { s: new Set(['x', 'y']) },
    'DELETE s :v',
    { ':v': new Set(['x', 'z']) },
    { s: new Set(['y']) },
  ],
  ['deletes a set with its last element', { s: new Set(['x']) }, 'DELETE s :v', { ':v': new Set(['x']) }, {}],
  ['deletes nothing from a set that is not there', { a: 1 }, 'DELETE s :v', { ':v': new Set(['x']) }, { a: 1 }],
  [
    'takes all clauses at once, in any order and case',
    { a: 1, b: 2, s: new Set([1, 2]), n: 1 },
    'delete s :s add n :n remove b set a = :a',
    { ':s': new Set([1]), ':n': 1, ':a': 9 },
    { a: 9, s: new Set([2]), n: 2 },
  ],
];

/** Expression, values, and what AWS says of it, on the item { a: 1, t: 'x', l: [1], m: { x: 1 } }. */
const REFUSED: readonly (readonly [string, Attributes, RegExp])[] = [
  ['SET a = :v', {}, /attribute value used in expression is not defined; attribute value: :v/],
  ['SET a = :v', { ':v': 1, ':w': 1 }, /unused in expressions: keys: \{:w\}/],
  ['SET #x = :v', { ':v': 1 }, /attribute name used in the document path is not defined; attribute name: #x/],
  ['SET count = :v', { ':v': 1 }, /Attribute name is a reserved keyword; reserved keyword: count/],
  ['SET a = absent', {}, /attribute that does not exist in the item/],
  ['SET a = a + t', {}, /operand in the update expression has an incorrect data type/],
  ['SET a = a + :v', { ':v': 'x' }, /Incorrect operand type for operator or function.*\+, operand type: S/],
  ['SET a = :v + :v + :v', { ':v': 1 }, /Syntax error/],
  ['SET a = :v SET b = :v', { ':v': 1 }, /"SET" section can only be used once/],
  ['SET a = :v, a = :v', { ':v': 1 }, /Two document paths overlap with each other.*path one: \[a\], path two: \[a\]/],
  ['SET m = :v REMOVE m.x', { ':v': 1 }, /Two document paths overlap with each other/],
  ['SET m.x = :v, m[0] = :v', { ':v': 1 }, /Two document paths conflict with each other/],
  ['SET absent.x = :v', { ':v': 1 }, /document path provided in the update expression is invalid for update/],
  ['SET t.x = :v', { ':v': 1 }, /document path provided in the update expression is invalid for update/],
  ['REMOVE absent[0]', {}, /document path provided in the update expression is invalid for update/],
  ['ADD t :v', { ':v': 1 }, /operand in the update expression has an incorrect data type/],
  ['ADD a :v', { ':v': 'x' }, /Incorrect operand type for operator or function; operator: ADD, operand type: STRING/],
  [
    'DELETE a :v',
    { ':v': 1 },
    /Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER/,
  ],
  ['SET a = list_append(l, t)', {}, /operand in the update expression has an incorrect data type/],
  ['SET a = dog(a)', {}, /Invalid function name; function: dog/],
  ['SET a = size(a)', {}, /function is not allowed in an update expression; function: size/],
  ['SET sk = :v', { ':v': 'x' }, /Cannot update attribute sk. This attribute is part of the key/],
  ['REMOVE pk', {}, /Cannot update attribute pk. This attribute is part of the key/],
  ['HELLO a', {}, /Syntax error; token: "HELLO"/],
  ['', {}, /can not be empty/],
];

export function askUpdates({ check, backend, documents }: Suite): void {
  const put = (pk: string, item: Attributes) =>
    documents().send(new PutCommand({ TableName: THINGS, Item: { pk, sk: 'a', ...item } }));
  const get = async (pk: string) => {
    const { Item } = await documents().send(new GetCommand({ TableName: THINGS, Key: { pk, sk: 'a' } }));
    return Item;
  };
  const update = (pk: string, UpdateExpression: string | undefined, values: Attributes = {}, more: object = {}) =>
    documents().send(
      new UpdateCommand({
        TableName: THINGS,
        Key: { pk, sk: 'a' },
        UpdateExpression,
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        ...more,
      }),
    );

  for (const [title, before, expression, values, after] of GRID) {
    check(`${title}: ${expression}`, async () => {
      const pk = somePartition();
      await put(pk, before);
      await update(pk, expression, values);
      expect(await get(pk)).toEqual({ pk, sk: 'a', ...after });
    });
  }

  for (const [expression, values, message] of REFUSED) {
    check(`fails on: ${expression}`, async () => {
      const pk = somePartition();
      const item = { a: 1, t: 'x', l: [1], m: { x: 1 } };
      await put(pk, item);
      await expect(update(pk, expression, values)).rejects.toMatchObject(failure('ValidationException', message));
      expect(await get(pk)).toEqual({ pk, sk: 'a', ...item });
    });
  }

  check('creates an item that is not there, with its key alone where nothing is set', async () => {
    const [set, bare] = [somePartition(), somePartition()];
    await update(set, 'SET a = :v', { ':v': 1 });
    await update(bare, undefined);
    expect(await get(set)).toEqual({ pk: set, sk: 'a', a: 1 });
    expect(await get(bare)).toEqual({ pk: bare, sk: 'a' });
  });

  check('creates nothing by an update that only removes', async () => {
    const pk = somePartition();
    await update(pk, 'REMOVE a');
    expect(await get(pk)).toBeUndefined();
  });

  check('adds with all 38 digits', async () => {
    const pk = { S: somePartition() };
    const { Attributes } = await backend().client.send(
      new UpdateItemCommand({
        TableName: THINGS,
        Key: { pk, sk: { S: 'a' } },
        UpdateExpression: 'SET a = :x + :y',
        ExpressionAttributeValues: { ':x': { N: '12345678901234567890123456789012345678' }, ':y': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes?.['a']).toEqual({ N: '12345678901234567890123456789012345679' });
  });

  check('returns the item or what was updated, before or after', async () => {
    const pk = somePartition();
    const key = { pk, sk: 'a' };
    await put(pk, { a: 1, b: 2, m: { x: 1, y: 2 }, l: [1, 2, 3] });
    const ask = async (ReturnValues: string, expression: string, values: Attributes) => {
      const { Attributes } = await update(pk, expression, values, { ReturnValues });
      return Attributes;
    };
    const set = 'SET a = :v, m.x = :v, l[1] = :v, fresh = :v';
    expect(await ask('NONE', 'SET b = :v', { ':v': 3 })).toBeUndefined();
    expect(await ask('UPDATED_OLD', set, { ':v': 5 })).toEqual({ a: 1, m: { x: 1 }, l: [2] });
    expect(await ask('UPDATED_NEW', set, { ':v': 6 })).toEqual({ a: 6, m: { x: 6 }, l: [6], fresh: 6 });
    expect(await ask('ALL_OLD', 'REMOVE fresh', {})).toEqual({
      ...key,
      a: 6,
      b: 3,
      m: { x: 6, y: 2 },
      l: [1, 6, 3],
      fresh: 6,
    });
    expect(await ask('ALL_NEW', 'REMOVE l, m', {})).toEqual({ ...key, a: 6, b: 3 });
    expect(await ask('UPDATED_NEW', 'REMOVE b', {})).toBeUndefined();
  });

  check('returns no old values of an item that was not there', async () => {
    const old = await update(somePartition(), 'SET a = :v', { ':v': 1 }, { ReturnValues: 'ALL_OLD' });
    expect(old.Attributes).toBeUndefined();
    const updated = await update(somePartition(), 'SET a = :v', { ':v': 1 }, { ReturnValues: 'UPDATED_OLD' });
    expect(updated.Attributes).toBeUndefined();
  });
}
