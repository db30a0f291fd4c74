import type {
  GetCommandInput,
  PutCommandInput,
  QueryCommandInput,
  TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { ModelVersion, Rollout } from '../../core/contracts/api.ts';
import {
  directoryKey,
  headStartKey,
  requestKey,
  rolloutKey,
  servicePartition,
  stateKey,
  versionKey,
} from '../../core/contracts/table-keys.ts';
import type { HeadStart, Idempotency, ServiceState } from '../../core/ports/model-registry.ts';
import { toVersionItem } from './version-item.ts';

/** What is asked of DynamoDB, as values. */

export const getItem = (TableName: string, key: { pk: string; sk: string }): GetCommandInput => ({
  TableName,
  Key: key,
  ConsistentRead: true,
});

export const putHeadStartRequest = (TableName: string, { version, model }: HeadStart): PutCommandInput => ({
  TableName,
  Item: {
    ...headStartKey(version.service),
    version: toVersionItem(version),
    ...(model && { model: model.bytes, modelSha256: model.sha256 }),
  },
});

/** A partition's items whose sort key starts with `prefix`, last first. */
export const queryNewestFirst = (TableName: string, service: string, prefix: string): QueryCommandInput => ({
  TableName,
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: { ':pk': servicePartition(service), ':prefix': prefix },
  ScanIndexForward: false,
  ConsistentRead: true,
});

type Writes = NonNullable<TransactWriteCommandInput['TransactItems']>;

const putOnce = (TableName: string, item: Record<string, unknown>): Writes[number] => ({
  Put: { TableName, Item: item, ConditionExpression: 'attribute_not_exists(pk)' },
});

const rememberRequest = (
  TableName: string,
  service: string,
  idempotency: Idempotency | undefined,
  result: { version: number } | { rolloutId: string },
): Writes => {
  if (!idempotency) return [];
  const { key, fingerprint, expiresAt } = idempotency;
  return [putOnce(TableName, { ...requestKey(service, key), fingerprint, ...result, expiresAt })];
};

/**
 * Appends `version`: the state moves from the number before it to this one, or comes into being with version 1.
 * The order of the writes is the order of the cancellation reasons: state first, the remembered request last.
 */
export function appendVersionWrites(
  TableName: string,
  version: ModelVersion,
  idempotency: Idempotency | undefined,
): TransactWriteCommandInput {
  const { service, version: number, registeredAt } = version;
  const first: Writes = [
    putOnce(TableName, {
      ...stateKey(service),
      ...({
        service,
        latestVersion: 1,
        champion: null,
        earlierChampions: [],
        revision: 0,
        updatedAt: registeredAt,
      } satisfies ServiceState),
    }),
    putOnce(TableName, directoryKey(service)),
  ];
  const next: Writes = [
    {
      Update: {
        TableName,
        Key: stateKey(service),
        UpdateExpression: 'SET latestVersion = :number, updatedAt = :now',
        ConditionExpression: 'latestVersion = :before',
        ExpressionAttributeValues: { ':number': number, ':before': number - 1, ':now': registeredAt },
      },
    },
  ];
  return {
    TransactItems: [
      ...(number === 1 ? first : next),
      putOnce(TableName, { ...versionKey(service, number), ...toVersionItem(version) }),
      ...rememberRequest(TableName, service, idempotency, { version: number }),
    ],
  };
}

/** Moves the champion if nobody else has since `next` was made; see `appendVersionWrites` for the order. */
export function moveChampionWrites(
  TableName: string,
  { next, rollout }: { next: ServiceState; rollout: Rollout },
  idempotency: Idempotency | undefined,
): TransactWriteCommandInput {
  const { service } = next;
  return {
    TransactItems: [
      {
        Update: {
          TableName,
          Key: stateKey(service),
          UpdateExpression:
            'SET champion = :champion, earlierChampions = :earlier, revision = :revision, updatedAt = :now',
          ConditionExpression: 'revision = :before',
          ExpressionAttributeValues: {
            ':champion': next.champion,
            ':earlier': [...next.earlierChampions],
            ':revision': next.revision,
            ':before': next.revision - 1,
            ':now': next.updatedAt,
          },
        },
      },
      putOnce(TableName, { ...rolloutKey(service, rollout.id), ...rollout }),
      ...rememberRequest(TableName, service, idempotency, { rolloutId: rollout.id }),
    ],
  };
}
