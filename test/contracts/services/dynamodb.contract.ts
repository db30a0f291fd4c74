import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askBatches } from './dynamodb/batches.ts';
import { askConcurrency } from './dynamodb/concurrency.ts';
import { askConditions } from './dynamodb/conditions.ts';
import { askExpiry } from './dynamodb/expiry.ts';
import { askIndexes } from './dynamodb/indexes.ts';
import { askItems } from './dynamodb/items.ts';
import { askLimits } from './dynamodb/limits.ts';
import { askPages } from './dynamodb/pages.ts';
import { askQueries } from './dynamodb/queries.ts';
import { createSuite, createTables, type Differences, type DynamoDbBackend } from './dynamodb/suite.ts';
import { askTables } from './dynamodb/tables.ts';
import { askTransactions } from './dynamodb/transactions.ts';
import { askUpdates } from './dynamodb/updates.ts';

export type { DynamoDbBackend } from './dynamodb/suite.ts';

export interface DynamoDbContractOptions {
  /** Where the backend is known to differ from AWS: each of these tests is skipped, with the reason in its title. */
  readonly differences?: Differences;
}

/** What Keelson needs of DynamoDB, asked through the SDK as a program would. */
export function describeDynamoDb(
  name: string,
  open: () => Promise<DynamoDbBackend>,
  { differences = {} }: DynamoDbContractOptions = {},
): void {
  describe(`DynamoDB: ${name}`, () => {
    let backend: DynamoDbBackend | undefined;
    beforeAll(async () => {
      backend = await open();
      await createTables(backend.client);
    }, 60_000);
    afterAll(async () => {
      backend?.client.destroy();
      await backend?.close();
    });

    const { suite, unknownTitles } = createSuite(() => backend, differences);
    describe('tables', () => askTables(suite));
    describe('items', () => askItems(suite));
    describe('conditions', () => askConditions(suite));
    describe('updates', () => askUpdates(suite));
    describe('queries', () => askQueries(suite));
    describe('indexes', () => askIndexes(suite));
    describe('pages', () => askPages(suite));
    describe('batches', () => askBatches(suite));
    describe('transactions', () => askTransactions(suite));
    describe('limits', () => askLimits(suite));
    describe('expiry', () => askExpiry(suite));
    describe('concurrency', () => askConcurrency(suite));

    it('skips only tests that exist', () => {
      expect(unknownTitles()).toEqual([]);
    });
  });
}
