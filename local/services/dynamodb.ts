import type { Clock } from '../clock.ts';
import { createParsers } from './dynamodb/expressions/parse-cache.ts';
import type { Context } from './dynamodb/operations/context.ts';
import { findOperation } from './dynamodb/operations/operations.ts';
import { DynamoDbError } from './dynamodb/protocol/errors.ts';
import { readRequest, sendAnswer, sendError } from './dynamodb/protocol/exchange.ts';
import { createCatalog } from './dynamodb/tables/catalog.ts';
import { openDatabase } from './dynamodb/tables/database.ts';
import { defineTable } from './dynamodb/tables/define-table.ts';
import type { LocalService } from './service.ts';

export interface DynamoDbService extends LocalService {
  /**
   * Makes a table from its resolved CloudFormation properties, or brings one that exists to them; its items stay.
   *
   * @throws TablePropertiesError naming the table and what is unknown, refused, or could only be had by replacing the table
   */
  createTable(name: string, properties: Record<string, unknown>): void;
}

/**
 * DynamoDB on one machine, in one SQLite file. Each request is carried out in one turn of the event loop, so that transactions never meet:
 * what AWS answers with a conflict simply happens one after the other here.
 */
export function createDynamoDbService({ directory, clock }: { directory: string; clock: Clock }): DynamoDbService {
  const database = openDatabase(directory);
  const context: Context = { database, clock, parsers: createParsers(), catalog: createCatalog(database, clock.now) };
  return {
    endpointId: 'DYNAMODB',
    async handle(request, response) {
      try {
        const { operation, body } = await readRequest(request);
        sendAnswer(response, findOperation(operation)(context, body));
      } catch (error) {
        // A client that went away in mid-request gets no answer and is no bug.
        if (request.destroyed && !request.complete) return;
        if (!(error instanceof DynamoDbError)) throw error;
        sendError(response, error);
      }
    },
    createTable: (name, properties) => context.catalog.ensure(defineTable(name, properties)),
    close: () => database.close(),
  };
}
