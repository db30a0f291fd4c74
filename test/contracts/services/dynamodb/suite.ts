import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';

/** A DynamoDB under contract, empty at first. */
export interface DynamoDbBackend {
  readonly client: DynamoDBClient;
  /** Moves the backend's clock, where it has one that can be moved. */
  readonly advance?: (stepMs: number) => void;
  close(): Promise<void>;
}

/** What the parts of the contract share. */
export interface Suite {
  /** A test; skipped, with the reason in its title, where the backend is known to differ from AWS. */
  check(title: string, run: () => Promise<void>): void;
  backend(): DynamoDbBackend;
  documents(): DynamoDBDocumentClient;
}

/** Composite key, with a global index of each projection and a local one. */
export const THINGS = 'things';
/** Key `pk` (string) and `n` (number). */
export const NUMBERS = 'numbers';
/** Key `id` (binary) only. */
export const BLOBS = 'blobs';

/** Titles of tests in which a backend is known to differ from AWS, by the reason. */
export type Differences = Readonly<Record<string, readonly string[]>>;

export function createSuite(open: () => DynamoDbBackend | undefined, differences: Differences) {
  const reasons = new Map(
    Object.entries(differences).flatMap(([reason, titles]) => titles.map((title) => [title.trim(), reason])),
  );
  const unused = new Set(reasons.keys());
  const backend = () => {
    const opened = open();
    if (opened === undefined) throw new Error('the backend is not open yet');
    return opened;
  };
  const suite: Suite = {
    check(title, run) {
      const reason = reasons.get(title.trim());
      unused.delete(title.trim());
      if (reason === undefined) it(title, run);
      else it.skip(`${title} (not here: ${reason})`, run);
    },
    backend,
    documents: () =>
      DynamoDBDocumentClient.from(backend().client, { marshallOptions: { removeUndefinedValues: true } }),
  };
  return { suite, unknownTitles: () => [...unused] };
}

export async function createTables(client: DynamoDBClient): Promise<void> {
  const attributes = (types: Record<string, 'S' | 'N' | 'B'>) =>
    Object.entries(types).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
  await client.send(
    new CreateTableCommand({
      TableName: THINGS,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes({ pk: 'S', sk: 'S', holder: 'S', rank: 'N', score: 'N' }),
      KeySchema: key('pk', 'sk'),
      GlobalSecondaryIndexes: [
        { IndexName: 'by-holder', KeySchema: key('holder', 'rank'), Projection: { ProjectionType: 'ALL' } },
        { IndexName: 'keys-by-holder', KeySchema: key('holder'), Projection: { ProjectionType: 'KEYS_ONLY' } },
        {
          IndexName: 'some-by-holder',
          KeySchema: key('holder', 'rank'),
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
        },
      ],
      LocalSecondaryIndexes: [
        { IndexName: 'by-score', KeySchema: key('pk', 'score'), Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: NUMBERS,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes({ pk: 'S', n: 'N' }),
      KeySchema: key('pk', 'n'),
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: BLOBS,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: attributes({ id: 'B' }),
      KeySchema: key('id'),
    }),
  );
}

export function key(hash: string, range?: string) {
  return [
    { AttributeName: hash, KeyType: 'HASH' as const },
    ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
  ];
}

/** A partition that no other test touches. */
export const somePartition = () => `p-${randomUUID()}`;

/** For `rejects.toMatchObject`: the class that the SDK makes of the error, and a part of its message. */
export function failure(name: string, message = /./) {
  return { name, message: expect.stringMatching(message) };
}
