import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StoredMark } from '../../core/contracts/stored.ts';
import { reopenedPartition, reopenedPrefix } from '../../core/contracts/table-keys.ts';
import { compactTime } from '../../core/domain/windows/window-time.ts';
import type { CountedVersionKey, ReopenedWindows } from '../../core/ports/window-counts.ts';
import { secondsOf } from './health-requests.ts';

/** As long as captures are looked at again. */
const MARK_DAYS = 30;
const DAY_SECONDS = 24 * 60 * 60;

const keyOf = ({ service, version }: CountedVersionKey, slotMs: number) => ({
  pk: reopenedPartition(service),
  sk: `${reopenedPrefix(version)}${compactTime(slotMs)}`,
});

/** Marks in the registry's table, in a partition of their own. */
export function dynamoReopenedWindows({
  client,
  tableName: TableName,
}: {
  client: DynamoDBDocumentClient;
  tableName: string;
}): ReopenedWindows {
  return {
    async mark(version, slots, { now }) {
      for (const slotMs of slots) {
        await client.send(
          new UpdateCommand({
            TableName,
            Key: keyOf(version, slotMs),
            UpdateExpression: 'SET slotMs = :slot, markedAtMs = :now, expiresAt = :expiry ADD marks :one',
            ExpressionAttributeValues: {
              ':slot': slotMs,
              ':now': now,
              ':expiry': secondsOf(now) + MARK_DAYS * DAY_SECONDS,
              ':one': 1,
            },
          }),
        );
      }
    },
    async list({ service, version }) {
      const items: Record<string, unknown>[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: { ':pk': reopenedPartition(service), ':prefix': reopenedPrefix(version) },
            ConsistentRead: true,
            ExclusiveStartKey: from,
          }),
        );
        items.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return items.map((item) => StoredMark.parse(item));
    },
    async clear(version, { slotMs, marks }) {
      const request = new DeleteCommand({
        TableName,
        Key: keyOf(version, slotMs),
        ConditionExpression: 'marks = :marks',
        ExpressionAttributeValues: { ':marks': marks },
      });
      await client.send(request).catch((error: unknown) => {
        // Marked again: it is looked at again.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },
  };
}
