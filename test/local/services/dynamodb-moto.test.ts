import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, it } from 'vitest';
import type { Differences } from '../../contracts/services/dynamodb/suite.ts';
import { describeDynamoDb } from '../../contracts/services/dynamodb.contract.ts';
import { motoIsInstalled, startMoto } from '../../support/moto.ts';

/** Seen with moto 5.2.1; what AWS does in each case is in its documentation or reported by those who test against it. */
const DIFFERENCES: Differences = {
  'moto checks and writes without a lock, so that parallel writers now and then lose one another': [
    'counts 50 parallel additions',
    'lets one of 50 parallel conditional puts win',
    'counts those of 50 parallel transactions that went through',
  ],
  'moto accepts it': [
    'enables and describes time to live, and fails to enable it twice',
    'fails on projected paths that overlap',
    'fails on sets that are empty or hold a value twice',
    'fails on names or values without an expression',
    'fails on:',
    'fails on: SET a = :v + :v + :v',
    'fails on: SET t.x = :v',
    'fails on the key condition: pk = :v AND sk > :v AND sk < :v',
    'fails on the key condition: pk = :v AND sk = :n',
    'fails on a filter over a key attribute',
    'fails on a filter that is wrong, even where nothing is found',
    'fails on attributes that a global index does not hold',
    'fails on an index key of another type, or an empty one',
    'takes 25 writes and 100 reads, and fails on one more',
    'fails on an empty batch and on a table that does not exist',
    'takes 100 actions, and fails on 101 and on none',
    'fails on more than 4 MB',
    'fails on one token for two transactions',
    'takes values nested 31 deep in an item, and fails on 40',
    "fails on the number '1E126'",
    "fails on the number '123456789012345678901234567890123456789'",
    'fails on an expression above 4096 bytes or 300 operators',
  ],
  'moto evaluates a condition that AWS refuses': [
    'fails on: amount = :v :v=1 :w=2',
    'fails on: begins_with(amount, :v) :v=1',
    'fails on: amount < :v :v=[1]',
    'fails on: attribute_type(amount, :v) :v="DOG"',
    'fails on: amount BETWEEN :v AND :w :v=2 :w=1',
    'fails on: contains(amount, amount)',
  ],
  'moto answers 500': [
    'holds: not not amount = :v :v=7',
    'fails on: amount = :v',
    'fails on: #nope = :v :v=1',
    'fails on: amount = = :v :v=1',
    'fails on: amount IN ()',
    'fails on: dog(amount)',
    'fails on: list_append(amount, :v) = :v :v=1',
    'fails on: size(amount)',
    'fails on: begins_with(amount)',
    'fails on: attribute_exists(:v) :v=1',
    'fails on: SET #x = :v',
    'creates an item that is not there, with its key alone where nothing is set',
    'fails on the key condition: pk = :v OR sk = :v',
    'fails on the key condition: pk = :v AND sk <> :v',
    'fails on a limit of nothing',
    'fails on a starting key that does not fit',
    'fails as a whole on a wrong expression',
  ],
  'moto refuses it in other words': [
    'keeps a protected table from being deleted',
    'fails to return new values of a put',
    'fails on a key that does not fit the schema',
    'fails on an empty string as a key',
    'fails on: SET a = a + t',
    'fails on: SET a = a + :v',
    'fails on: SET m.x = :v, m[0] = :v',
    'fails on: ADD a :v',
    'fails on: DELETE a :v',
    'fails on: SET a = list_append(l, t)',
    'fails on: SET a = dog(a)',
    'fails on: SET a = size(a)',
    'fails on the key condition:',
    'fails on a query without a key condition',
    'fails on an index that does not exist',
  ],
  'moto keeps numbers as they were sent': ['brings numbers into one form'],
  'moto compares binaries by their base64': ['holds: begins_with(#bytes, :v) :v=<1,2>'],
  'moto applies list indexes one after the other, AWS all to the list as it was': [
    'sets elements behind the end in the order of their numbers: SET l[9] = :b, l[5] = :a',
    'counts removed elements by their numbers before: REMOVE l[0], l[2] SET l[3] = :v',
  ],
  'moto creates the item': ['creates nothing by an update that only removes'],
  'moto returns the whole attribute where a part was updated': [
    'returns the item or what was updated, before or after',
  ],
  'moto does not read a function in parentheses': ['finds a range: begins_with(sk, :v)'],
  'moto does not fetch from the table': [
    'finds within a partition by a local index, and fetches what that does not hold',
  ],
  'moto writes items before it looks at the next': ['writes nothing of a batch that holds an invalid item'],
  'moto answers ValidationException instead of cancelling': [
    'cancels a transaction for an item that its table cannot hold',
    'cancels a transaction for an update that its item does not allow',
  ],
  'moto ignores the token': ['does once what is asked twice with one token'],
  'moto keeps one of several projected elements': ['projects attributes, elements and members, each in its place'],
  'moto ignores the projection': ['reads several items in one step, in order, and nothing for what is not there'],
  'moto counts sizes otherwise': ['takes an item of 400 KB, and fails on one byte more'],
  'moto has no clock to move': [
    'forgets a token after ten minutes',
    'deletes what has expired, from the table and its indexes, and nothing else',
  ],
};

if (motoIsInstalled()) {
  describeDynamoDb(
    'moto',
    async () => {
      const { url, stop } = await startMoto();
      const client = new DynamoDBClient({
        endpoint: url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' },
      });
      return { client, close: stop };
    },
    { differences: DIFFERENCES },
  );
} else {
  describe('DynamoDB: moto', () => {
    it.skip('is not asked: moto_server is not on the PATH', () => undefined);
  });
}
