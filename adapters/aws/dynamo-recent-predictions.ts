import { recentPartition, recentSortKey } from '../../core/contracts/table-keys.ts';
import { hourOf } from '../../core/domain/labels/hour-of.ts';
import type { KnownPrediction, RecentPredictions } from '../../core/ports/label-store.ts';
import { dynamoCall } from './dynamo-call.ts';
import { secondsOf } from './health-requests.ts';
import { packDigests } from './prediction-digests.ts';
import type { ServiceClient } from './service-client.ts';

const EXPIRES_AFTER_SECONDS = 60 * 60;

/** DynamoDB's JSON for the predictions of one delivery: 3 KB for 500 of them. @param predictions of one hour, at least one */
export const tellRequest = (
  TableName: string,
  service: string,
  { predictions, unique }: { predictions: readonly KnownPrediction[]; unique: string },
) => {
  const atMs = Math.max(...predictions.map((prediction) => prediction.atMs));
  return {
    TableName,
    Item: {
      pk: { S: recentPartition(service) },
      sk: { S: `${recentSortKey(atMs)}#${unique}` },
      atMs: { N: `${atMs}` },
      digests: { B: packDigests(predictions.map(({ id }) => id)).toString('base64') },
      expiresAt: { N: `${secondsOf(atMs) + EXPIRES_AFTER_SECONDS}` },
    },
  };
};

/** Predictions whose captures are on their way, in the registry's table. Without the SDK: it writes beside requests that are answered. */
export function dynamoRecentPredictions({
  client,
  tableName,
  uniqueId,
}: {
  client: ServiceClient;
  tableName: string;
  uniqueId: () => string;
}): RecentPredictions {
  const call = dynamoCall(client);
  return {
    async tell(service, all) {
      for (const hour of new Set(all.map(({ atMs }) => hourOf(atMs)))) {
        const predictions = all.filter(({ atMs }) => hourOf(atMs) === hour);
        await call('PutItem', tellRequest(tableName, service, { predictions, unique: uniqueId() }));
      }
    },
  };
}
