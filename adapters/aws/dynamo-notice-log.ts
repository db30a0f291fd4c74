import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { noticeKey } from '../../core/contracts/table-keys.ts';
import type { NoticeLog, TransitionKey } from '../../core/ports/notices.ts';
import { secondsOf } from './health-requests.ts';

/** Longer than an event is delivered again. */
const KEPT_DAYS = 30;
const DAY_SECONDS = 24 * 60 * 60;

/** What was told, in the registry's table: an item for each transition and channel, so that channels do not wait for one another. */
export function dynamoNoticeLog({
  client,
  tableName: TableName,
}: {
  client: DynamoDBDocumentClient;
  tableName: string;
}): NoticeLog {
  const expiry = (now: number) => secondsOf(now) + KEPT_DAYS * DAY_SECONDS;
  const keyOf = ({ service, kind, state, atMs }: TransitionKey, channel: string) =>
    noticeKey(service, `${kind}#${atMs}#${state}#${channel}`);
  return {
    async claim(transition, channel, { now, leaseMs }) {
      const Key = keyOf(transition, channel);
      const request = new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: 'SET leasedToMs = :to, expiresAt = :expiry',
        ConditionExpression:
          'attribute_not_exists(toldAtMs) AND (attribute_not_exists(leasedToMs) OR leasedToMs <= :now)',
        ExpressionAttributeValues: { ':to': now + leaseMs, ':now': now, ':expiry': expiry(now) },
      });
      try {
        await client.send(request);
        return 'mine';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
        return Item?.['toldAtMs'] === undefined ? 'taken' : 'told';
      }
    },
    async release(transition, channel) {
      const Key = keyOf(transition, channel);
      await client.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE leasedToMs' }));
    },
    async done(transition, channel, { now }) {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: keyOf(transition, channel),
          UpdateExpression: 'SET toldAtMs = :now, expiresAt = :expiry',
          ExpressionAttributeValues: { ':now': now, ':expiry': expiry(now) },
        }),
      );
    },
  };
}
