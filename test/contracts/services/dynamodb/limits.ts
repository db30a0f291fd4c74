import { type AttributeValue, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { failure, type Suite, somePartition, THINGS } from './suite.ts';

const MAX_ITEM_BYTES = 400 * 1024;

const ALLOWED_NUMBERS = [
  '9.9999999999999999999999999999999999999E+125',
  '-9.9999999999999999999999999999999999999E+125',
  '1E-130',
  '12345678901234567890123456789012345678',
  '0e1000',
];
const REFUSED_NUMBERS: readonly (readonly [string, RegExp])[] = [
  ['1E126', /overflow/],
  ['-11E125', /overflow/],
  ['1E-131', /underflow/],
  ['123456789012345678901234567890123456789', /38 significant digits/],
  ['NaN', /numeric/],
  ['Infinity', /numeric/],
  ['dog', /numeric/],
  ['1 ', /numeric/],
  ['', /numeric/],
];

export function askLimits({ check, backend }: Suite): void {
  const put = (v: AttributeValue, pk = somePartition()) =>
    backend().client.send(new PutItemCommand({ TableName: THINGS, Item: { pk: { S: pk }, sk: { S: 'a' }, v } }));

  check('takes an item of 400 KB, and fails on one byte more', async () => {
    const pk = somePartition();
    const rest = MAX_ITEM_BYTES - 'pk'.length - pk.length - 'sk'.length - 'a'.length - 'v'.length;
    await put({ S: 'x'.repeat(rest) }, pk);
    await expect(put({ S: 'x'.repeat(rest + 1) }, pk)).rejects.toMatchObject(
      failure('ValidationException', /Item size has exceeded the maximum allowed size/),
    );
    // A letter of two bytes counts as two.
    await expect(put({ S: 'é'.repeat(rest / 2 + 1) }, pk)).rejects.toMatchObject(
      failure('ValidationException', /Item size has exceeded the maximum allowed size/),
    );
  });

  check('fails on an update that makes an item larger than 400 KB', async () => {
    const pk = somePartition();
    await put({ S: 'x'.repeat(300 * 1024) }, pk);
    await expect(
      backend().client.send(
        new UpdateItemCommand({
          TableName: THINGS,
          Key: { pk: { S: pk }, sk: { S: 'a' } },
          UpdateExpression: 'SET w = :w',
          ExpressionAttributeValues: { ':w': { S: 'x'.repeat(200 * 1024) } },
        }),
      ),
    ).rejects.toMatchObject(
      failure('ValidationException', /Item size to update has exceeded the maximum allowed size/),
    );
  });

  check('takes values nested 31 deep in an item, and fails on 40', async () => {
    const nested = (depth: number) => {
      let value: AttributeValue = { M: {} };
      for (let level = 1; level < depth; level++) value = { M: { n: value } };
      return value;
    };
    await put(nested(31));
    await expect(put(nested(40))).rejects.toMatchObject(failure('ValidationException', /Nesting Levels/));
  });

  check('takes keys of 2048 and 1024 bytes, and fails on one more', async () => {
    const putKey = (hash: number, range: number) =>
      backend().client.send(
        new PutItemCommand({
          TableName: THINGS,
          Item: { pk: { S: 'x'.repeat(hash) }, sk: { S: 'y'.repeat(range) } },
        }),
      );
    await putKey(2048, 1024);
    await expect(putKey(2049, 1)).rejects.toMatchObject(failure('ValidationException', /hashkey/));
    await expect(putKey(1, 1025)).rejects.toMatchObject(failure('ValidationException', /range/));
  });

  for (const number of ALLOWED_NUMBERS) {
    check(`keeps the number ${number}`, async () => {
      const pk = somePartition();
      await put({ N: number }, pk);
      const { Item } = await backend().client.send(
        new GetItemCommand({ TableName: THINGS, Key: { pk: { S: pk }, sk: { S: 'a' } } }),
      );
      expect(Number(Item?.['v']?.N)).toBe(Number(number));
    });
  }

  for (const [number, message] of REFUSED_NUMBERS) {
    check(`fails on the number '${number}'`, async () => {
      await expect(put({ N: number })).rejects.toMatchObject(failure('ValidationException', message));
    });
  }

  check('fails on an expression above 4096 bytes or 300 operators', async () => {
    const conditioned = (ConditionExpression: string) =>
      backend().client.send(
        new PutItemCommand({
          TableName: THINGS,
          Item: { pk: { S: somePartition() }, sk: { S: 'a' } },
          ConditionExpression,
        }),
      );
    await conditioned(`attribute_not_exists(pk)${' '.repeat(4096 - 24)}`);
    await expect(conditioned(`attribute_not_exists(pk)${' '.repeat(4097 - 24)}`)).rejects.toMatchObject(
      failure('ValidationException', /Expression size has exceeded the maximum allowed size/),
    );
    await expect(conditioned(`${'NOT '.repeat(301)}attribute_exists(pk)`)).rejects.toMatchObject(
      failure('ValidationException', /too many operators/),
    );
    await expect(conditioned('('.repeat(4096))).rejects.toMatchObject(failure('ValidationException'));
    await expect(conditioned(`a < ${'f('.repeat(1300)}b${')'.repeat(1300)}`)).rejects.toMatchObject(
      failure('ValidationException', /Invalid function name; function: f/),
    );
  });
}
