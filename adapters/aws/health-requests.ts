import type { GetCommandInput, PutCommandInput, QueryCommandInput, UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { healthKey, healthPartition } from '../../core/contracts/table-keys.ts';
import { CRASHES_COUNT_FOR_SECONDS } from '../../core/domain/registry/quarantine.ts';
import type { VersionHealth } from '../../core/ports/version-health.ts';

/** What is asked of DynamoDB for the crashes of versions, as values. Items expire, except those of quarantined versions. */

const MS_PER_SECOND = 1_000;
export const secondsOf = (ms: number): number => Math.floor(ms / MS_PER_SECOND);
const expiryOf = (now: number): number => secondsOf(now) + CRASHES_COUNT_FOR_SECONDS;

export const readHealthRequest = (TableName: string, service: string, version: number): GetCommandInput => ({
  TableName,
  Key: healthKey(service, version),
  ConsistentRead: true,
});

export const listHealthRequest = (TableName: string, service: string): QueryCommandInput => ({
  TableName,
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': healthPartition(service) },
  ScanIndexForward: false,
  ConsistentRead: true,
});

interface Crash {
  readonly version: number;
  readonly now: number;
  readonly reason: string;
}

/** Adds to a count that has neither expired nor led to a quarantine. */
export const countCrashRequest = (
  TableName: string,
  service: string,
  { version, now, reason }: Crash,
): UpdateCommandInput => ({
  TableName,
  Key: healthKey(service, version),
  UpdateExpression: 'SET version = :version, lastCrashAt = :at, reason = :reason, expiresAt = :expiry ADD crashes :one',
  ConditionExpression: 'attribute_not_exists(quarantinedAt) AND (attribute_not_exists(pk) OR expiresAt > :now)',
  ExpressionAttributeValues: {
    ':version': version,
    ':at': new Date(now).toISOString(),
    ':reason': reason,
    ':expiry': expiryOf(now),
    ':now': secondsOf(now),
    ':one': 1,
  },
  ReturnValues: 'ALL_NEW',
});

/** Begins anew where a count has expired and its item is not removed yet. */
export const restartCountRequest = (
  TableName: string,
  service: string,
  { version, now, reason }: Crash,
): PutCommandInput => ({
  TableName,
  Item: {
    ...healthKey(service, version),
    ...({ version, crashes: 1, lastCrashAt: new Date(now).toISOString(), reason } satisfies VersionHealth),
    expiresAt: expiryOf(now),
  },
  ConditionExpression: 'attribute_not_exists(quarantinedAt) AND expiresAt <= :now',
  ExpressionAttributeValues: { ':now': secondsOf(now) },
});

export const quarantineRequest = (
  TableName: string,
  service: string,
  { version, now }: { version: number; now: number },
): UpdateCommandInput => ({
  TableName,
  Key: healthKey(service, version),
  UpdateExpression: 'SET quarantinedAt = if_not_exists(quarantinedAt, :at) REMOVE expiresAt',
  ConditionExpression: 'attribute_exists(pk)',
  ExpressionAttributeValues: { ':at': new Date(now).toISOString() },
  ReturnValues: 'ALL_NEW',
});

/** Forgets a quarantine and its crashes; what is left expires. */
export const releaseRequest = (
  TableName: string,
  service: string,
  { version, now }: { version: number; now: number },
): UpdateCommandInput => ({
  TableName,
  Key: healthKey(service, version),
  UpdateExpression: 'SET crashes = :none, expiresAt = :expiry REMOVE quarantinedAt',
  ConditionExpression: 'attribute_exists(quarantinedAt)',
  ExpressionAttributeValues: { ':none': 0, ':expiry': expiryOf(now) },
});
