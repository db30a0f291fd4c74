import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Clock, createClock } from '../../../../local/clock.ts';
import { createDynamoDbService, type DynamoDbService } from '../../../../local/services/dynamodb.ts';
import { serve } from '../../../support/serve.ts';

/** A local DynamoDB that is served over HTTP, and a client for it. */
export interface ServedDynamoDb {
  readonly service: DynamoDbService;
  readonly client: DynamoDBClient;
  readonly url: string;
  close(): Promise<void>;
}

export const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'keelson-dynamodb-'));

export async function serveDynamoDb(directory: string, clock: Clock = createClock()): Promise<ServedDynamoDb> {
  const service = createDynamoDbService({ directory, clock });
  const { url, close } = await serve(service);
  const client = clientOf(url);
  return {
    service,
    client,
    url,
    async close() {
      client.destroy();
      await close();
    },
  };
}

/** As `serveDynamoDb`, in a folder of its own that goes with it. */
export async function serveTemporarily(clock?: Clock): Promise<ServedDynamoDb> {
  const directory = temporaryFolder();
  const served = await serveDynamoDb(directory, clock);
  return {
    ...served,
    async close() {
      await served.close();
      rmSync(directory, { recursive: true });
    },
  };
}

export function clientOf(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}
