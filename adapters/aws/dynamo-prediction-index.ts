import { LABELS_WELCOME_DAYS } from '../../core/contracts/limits.ts';
import { predictionKey } from '../../core/contracts/table-keys.ts';
import type { KnownPrediction, PredictionIndex } from '../../core/ports/label-store.ts';
import { chunks } from './chunks.ts';
import { dynamoCall } from './dynamo-call.ts';
import { secondsOf } from './health-requests.ts';
import type { ServiceClient } from './service-client.ts';

const BATCH_WRITE_ITEMS = 25;
const DAY_SECONDS = 24 * 60 * 60;
/** DynamoDB hands back what a table that has to grow first did not take: about four seconds of patience. */
const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 30;
/** Some ten thousand predictions a second. More would be refused by a table that has been idle. */
const REQUESTS_AT_ONCE = 4;

/** DynamoDB's JSON for one prediction. */
const toPut = (service: string, { id, atMs }: KnownPrediction) => {
  const { pk, sk } = predictionKey(service, id);
  const expiresAt = secondsOf(atMs) + LABELS_WELCOME_DAYS * DAY_SECONDS;
  return {
    PutRequest: {
      Item: { pk: { S: pk }, sk: { S: sk }, id: { S: id }, atMs: { N: `${atMs}` }, expiresAt: { N: `${expiresAt}` } },
    },
  };
};

/** Each id once: DynamoDB refuses a batch that writes a key twice. The last mention counts, as if they came one by one. */
export const putRequests = (TableName: string, service: string, predictions: readonly KnownPrediction[]) => {
  const byId = new Map(predictions.map((prediction) => [prediction.id, prediction]));
  return chunks([...byId.values()], BATCH_WRITE_ITEMS).map((piece) => ({
    RequestItems: { [TableName]: piece.map((prediction) => toPut(service, prediction)) },
  }));
};

/** The predictions that labels may come for, in the registry's table. */
export function dynamoPredictionIndex({
  client,
  tableName,
  sleep,
}: {
  client: ServiceClient;
  tableName: string;
  sleep: (ms: number) => Promise<void>;
}): PredictionIndex {
  const call = dynamoCall(client);
  const write = async (request: object): Promise<void> => {
    let left = request;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (attempt > 1) await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 2));
      const { UnprocessedItems = {} } = (await call('BatchWriteItem', left)) as { UnprocessedItems?: object };
      if (Object.keys(UnprocessedItems).length === 0) return;
      left = { RequestItems: UnprocessedItems };
    }
    throw new Error(`DynamoDB did not take all predictions in ${ATTEMPTS} attempts`);
  };
  return {
    async add(service, predictions) {
      for (const requests of chunks(putRequests(tableName, service, predictions), REQUESTS_AT_ONCE)) {
        await Promise.all(requests.map(write));
      }
    },
  };
}
