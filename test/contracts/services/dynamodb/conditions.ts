import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { failure, type Suite, somePartition, THINGS } from './suite.ts';

const ITEM = {
  text: 'keelson',
  amount: 7,
  small: 2,
  flag: true,
  nothing: null,
  bytes: new Uint8Array([1, 2, 3]),
  list: ['x', 2, { y: 'z' }],
  map: { box: { deep: 5 }, one: 1 },
  tags: new Set(['red', 'blue']),
  sizes: new Set([1, 2]),
};

type Values = Readonly<Record<string, unknown>>;

/** Expression, its values, and whether it holds for the item above. */
const GRID: readonly (readonly [string, Values, boolean])[] = [
  ['attribute_exists(#t)', {}, true],
  ['attribute_exists(#map.box.deep)', {}, true],
  ['attribute_exists(#list[5])', {}, false],
  ['attribute_not_exists(absent)', {}, true],
  ['attribute_not_exists(amount)', {}, false],
  ['attribute_type(amount, :n)', { ':n': 'N' }, true],
  ['attribute_type(amount, :n)', { ':n': 'S' }, false],
  ['attribute_type(tags, :n)', { ':n': 'SS' }, true],
  ['attribute_type(nothing, :n)', { ':n': 'NULL' }, true],
  ['attribute_type(#map, :n)', { ':n': 'M' }, true],
  ['begins_with(#t, :v)', { ':v': 'keel' }, true],
  ['begins_with(#t, :v)', { ':v': 'Keel' }, false],
  ['begins_with(#bytes, :v)', { ':v': new Uint8Array([1, 2]) }, true],
  ['begins_with(absent, :v)', { ':v': 'x' }, false],
  ['contains(#t, :v)', { ':v': 'els' }, true],
  ['contains(tags, :v)', { ':v': 'red' }, true],
  ['contains(tags, :v)', { ':v': 're' }, false],
  ['contains(sizes, :v)', { ':v': 2 }, true],
  ['contains(#list, :v)', { ':v': 2 }, true],
  ['contains(#list, :v)', { ':v': { y: 'z' } }, true],
  ['contains(#list, :v)', { ':v': 'y' }, false],
  ['size(#t) = :v', { ':v': 7 }, true],
  ['size(#bytes) > :v', { ':v': 2 }, true],
  ['size(tags) = :v', { ':v': 2 }, true],
  ['size(#list) < :v', { ':v': 3 }, false],
  ['size(#map) = :v', { ':v': 2 }, true],
  ['size(#t) = amount', {}, true],
  ['amount = :v', { ':v': 7 }, true],
  ['amount = :v', { ':v': '7' }, false],
  ['amount <> :v', { ':v': 8 }, true],
  ['absent = :v', { ':v': 1 }, false],
  ['absent <> :v', { ':v': 1 }, true],
  ['absent < :v', { ':v': 1 }, false],
  ['amount < :v', { ':v': 7.1 }, true],
  ['amount <= :v', { ':v': 7 }, true],
  ['amount > :v', { ':v': 10 }, false],
  ['amount >= :v', { ':v': 7 }, true],
  ['#t < :v', { ':v': 'keels' }, false],
  ['#t < :v', { ':v': 'l' }, true],
  ['amount > small', {}, true],
  [':v < amount', { ':v': 3 }, true],
  ['amount BETWEEN :low AND :high', { ':low': 7, ':high': 9 }, true],
  ['amount BETWEEN :low AND :high', { ':low': 8, ':high': 9 }, false],
  ['amount between small and :high', { ':high': 7 }, true],
  ['amount IN (:a, :b)', { ':a': 1, ':b': 7 }, true],
  ['amount IN (:a, :b)', { ':a': 1, ':b': '7' }, false],
  ['tags = :v', { ':v': new Set(['blue', 'red']) }, true],
  ['#list = :v', { ':v': ['x', 2, { y: 'z' }] }, true],
  ['#map = :v', { ':v': { one: 1, box: { deep: 5 } } }, true],
  ['flag = :v', { ':v': true }, true],
  ['nothing = :v', { ':v': null }, true],
  ['#map.box.deep = :v AND #list[2].y = :y', { ':v': 5, ':y': 'z' }, true],
  ['NOT amount = :v', { ':v': 8 }, true],
  ['not not amount = :v', { ':v': 7 }, true],
  ['amount = :v OR amount = :w', { ':v': 1, ':w': 7 }, true],
  ['amount = :v OR flag = :w AND small = :x', { ':v': 7, ':w': false, ':x': 0 }, true],
  ['(amount = :v OR flag = :w) AND small = :x', { ':v': 7, ':w': false, ':x': 0 }, false],
  ['NOT flag = :w AND small = :x', { ':w': true, ':x': 2 }, false],
  ['amount BETWEEN :v AND :v AND flag = :w', { ':v': 7, ':w': true }, true],
];

/** Expression, its values, and what AWS says of it. */
const REFUSED: readonly (readonly [string, Values, RegExp])[] = [
  ['amount = :v', {}, /attribute value used in expression is not defined; attribute value: :v/],
  ['amount = :v', { ':v': 1, ':w': 2 }, /unused in expressions: keys: \{:w\}/],
  ['#nope = :v', { ':v': 1 }, /attribute name used in the document path is not defined; attribute name: #nope/],
  ['name = :v', { ':v': 1 }, /Attribute name is a reserved keyword; reserved keyword: name/],
  ['amount = = :v', { ':v': 1 }, /Syntax error; token: "="/],
  ['amount IN ()', {}, /Syntax error/],
  ['', {}, /can not be empty/],
  ['dog(amount)', {}, /Invalid function name; function: dog/],
  ['list_append(amount, :v) = :v', { ':v': 1 }, /not allowed in a condition expression; function: list_append/],
  ['size(amount)', {}, /not allowed to be used this way in an expression; function: size/],
  ['begins_with(amount)', {}, /Incorrect number of operands.*begins_with, number of operands: 1/],
  ['begins_with(amount, :v)', { ':v': 1 }, /Incorrect operand type.*begins_with, operand type: N/],
  ['amount < :v', { ':v': [1] }, /Incorrect operand type.*<, operand type: L/],
  ['attribute_exists(:v)', { ':v': 1 }, /requires a document path.*attribute_exists/],
  ['attribute_type(amount, :v)', { ':v': 'DOG' }, /Invalid attribute type name found; type: DOG/],
  ['amount BETWEEN :v AND :w', { ':v': 2, ':w': 1 }, /BETWEEN operator requires upper bound/],
  ['contains(amount, amount)', {}, /first operand must be distinct/],
  ['((amount = :v))', { ':v': 1 }, /redundant parentheses/],
];

/** The aliases that an expression uses: unused ones would be refused. */
const ALIASES = { '#t': 'text', '#map': 'map', '#list': 'list', '#bytes': 'bytes' };
const namesIn = (expression: string) => {
  const used = Object.entries(ALIASES).filter(([alias]) => new RegExp(`${alias}\\b`).test(expression));
  return used.length === 0 ? undefined : Object.fromEntries(used);
};
const valuesOrNone = (values: Values) => (Object.keys(values).length === 0 ? undefined : values);

export function askConditions({ check, documents }: Suite): void {
  const deleteIf = (pk: string, expression: string, values: Values) =>
    documents().send(
      new DeleteCommand({
        TableName: THINGS,
        Key: { pk, sk: 'a' },
        ConditionExpression: expression,
        ExpressionAttributeNames: namesIn(expression),
        ExpressionAttributeValues: valuesOrNone(values),
      }),
    );
  const put = (pk: string, more = {}) =>
    documents().send(new PutCommand({ TableName: THINGS, Item: { pk, sk: 'a', ...ITEM }, ...more }));
  const exists = async (pk: string) => {
    const { Item } = await documents().send(new GetCommand({ TableName: THINGS, Key: { pk, sk: 'a' } }));
    return Item !== undefined;
  };

  for (const [expression, values, holds] of GRID) {
    check(`${holds ? 'holds' : 'does not hold'}: ${expression} ${describeValues(values)}`, async () => {
      const pk = somePartition();
      await put(pk);
      const outcome = await deleteIf(pk, expression, values).then(
        () => 'deleted',
        (error: Error) => error.name,
      );
      expect(outcome).toBe(holds ? 'deleted' : 'ConditionalCheckFailedException');
      expect(await exists(pk)).toBe(!holds);
    });
  }

  for (const [expression, values, message] of REFUSED) {
    check(`fails on: ${expression} ${describeValues(values)}`, async () => {
      await expect(deleteIf(somePartition(), expression, values)).rejects.toMatchObject(
        failure('ValidationException', message),
      );
    });
  }

  check('fails on a name that no expression uses', async () => {
    await expect(
      put(somePartition(), {
        ConditionExpression: 'attribute_not_exists(pk)',
        ExpressionAttributeNames: { '#unused': 'x' },
      }),
    ).rejects.toMatchObject(
      failure('ValidationException', /ExpressionAttributeNames unused in expressions: keys: \{#unused\}/),
    );
  });

  check('fails on names or values without an expression', async () => {
    await expect(put(somePartition(), { ExpressionAttributeValues: { ':v': 1 } })).rejects.toMatchObject(
      failure('ValidationException', /can only be specified when using expressions/),
    );
  });

  check('takes a put only where nothing is yet', async () => {
    const pk = somePartition();
    const ConditionExpression = 'attribute_not_exists(pk)';
    await put(pk, { ConditionExpression });
    await expect(put(pk, { ConditionExpression })).rejects.toThrow(ConditionalCheckFailedException);
  });

  check('takes an update under a condition, for an item that is there and one that is not', async () => {
    const pk = somePartition();
    const update = (more: object) =>
      documents().send(
        new UpdateCommand({
          TableName: THINGS,
          Key: { pk, sk: 'a' },
          UpdateExpression: 'SET amount = :next',
          ...more,
        }),
      );
    const guarded = { ConditionExpression: 'amount = :old', ExpressionAttributeValues: { ':old': 7, ':next': 8 } };
    await expect(update(guarded)).rejects.toThrow(ConditionalCheckFailedException);
    expect(await exists(pk)).toBe(false);
    await put(pk);
    await update(guarded);
    await expect(update(guarded)).rejects.toThrow(ConditionalCheckFailedException);
  });

  check('shows the item that failed the condition when asked to', async () => {
    const pk = somePartition();
    const ask = (ReturnValuesOnConditionCheckFailure: 'ALL_OLD' | 'NONE') =>
      documents()
        .send(
          new PutCommand({
            TableName: THINGS,
            Item: { pk, sk: 'a', v: 2 },
            ConditionExpression: 'v = :v',
            ExpressionAttributeValues: { ':v': 9 },
            ReturnValuesOnConditionCheckFailure,
          }),
        )
        .then(
          () => expect.unreachable('the condition should have failed'),
          (error: ConditionalCheckFailedException) => error.Item,
        );
    expect(await ask('ALL_OLD')).toBeUndefined();
    await documents().send(new PutCommand({ TableName: THINGS, Item: { pk, sk: 'a', v: 1 } }));
    expect(await ask('ALL_OLD')).toEqual({ pk: { S: pk }, sk: { S: 'a' }, v: { N: '1' } });
    expect(await ask('NONE')).toBeUndefined();
  });
}

function describeValues(values: Values): string {
  const show = (value: unknown) =>
    value instanceof Set
      ? `{${[...value].join()}}`
      : value instanceof Uint8Array
        ? `<${value}>`
        : JSON.stringify(value);
  return Object.entries(values)
    .map(([name, value]) => `${name}=${show(value)}`)
    .join(' ');
}
