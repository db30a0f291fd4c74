import type {
  BatchGetCommandInput,
  PutCommandInput,
  QueryCommandInput,
  UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { LABEL_RETENTION_DAYS } from '../../core/contracts/limits.ts';
import {
  HOUR_PREFIX,
  labelKey,
  labelledHourKey,
  labelledHoursPartition,
  recentPartition,
  recentSortKey,
} from '../../core/contracts/table-keys.ts';
import { type Label, labelText } from '../../core/domain/labels/label.ts';
import type { LabelledHour } from '../../core/ports/label-store.ts';
import { secondsOf } from './health-requests.ts';

/** What is asked of DynamoDB for labels, as values. */

/** Firehose takes a minute, and a function that fails is asked again for three. */
const RECENT_MS = 10 * 60 * 1_000;
const DAY_SECONDS = 24 * 60 * 60;
const expiryOf = (now: number): number => secondsOf(now) + LABEL_RETENTION_DAYS * DAY_SECONDS;

export const batchGetRequest = (
  TableName: string,
  keys: NonNullable<NonNullable<BatchGetCommandInput['RequestItems']>[string]['Keys']>,
): BatchGetCommandInput => ({ RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } } });

/** `supersedes` as a condition: DynamoDB alone sees all that race. */
export const keepLabelRequest = (
  TableName: string,
  service: string,
  { label: { id, row, value, atMs }, now }: { label: Label; now: number },
): PutCommandInput => ({
  TableName,
  Item: { ...labelKey(service, id, row), id, row, value, text: labelText(value), atMs, expiresAt: expiryOf(now) },
  ConditionExpression: 'attribute_not_exists(pk) OR atMs < :at OR (atMs = :at AND #text < :text)',
  ExpressionAttributeNames: { '#text': 'text' },
  ExpressionAttributeValues: { ':at': atMs, ':text': labelText(value) },
  ReturnValues: 'ALL_OLD',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

/** What was told in the last minutes, the newest first. */
export const recentRequest = (TableName: string, service: string, now: number): QueryCommandInput => ({
  TableName,
  KeyConditionExpression: 'pk = :pk AND sk >= :from',
  ExpressionAttributeValues: { ':pk': recentPartition(service), ':from': recentSortKey(now - RECENT_MS) },
  ScanIndexForward: false,
  ConsistentRead: true,
});

export const markHourRequest = (
  TableName: string,
  service: string,
  { hour, counts, now }: { hour: string; counts: LabelledHour; now: number },
): UpdateCommandInput => ({
  TableName,
  Key: labelledHourKey(service, hour),
  UpdateExpression:
    'SET #hour = :hour, changedAtMs = :now, expiresAt = :expiry ADD labels :labels, corrections :corrections',
  ExpressionAttributeNames: { '#hour': 'hour' },
  ExpressionAttributeValues: {
    ':hour': hour,
    ':now': now,
    ':expiry': expiryOf(now),
    ':labels': counts.labels,
    ':corrections': counts.corrections,
  },
});

/** From an hour up to another one, which an hour's key sorts after where they are equal. */
export const labelledHoursRequest = (
  TableName: string,
  service: string,
  { from, to }: { from: string; to: string },
): QueryCommandInput => ({
  TableName,
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
  ExpressionAttributeValues: {
    ':pk': labelledHoursPartition(service),
    ':from': `${HOUR_PREFIX}${from}`,
    ':to': `${HOUR_PREFIX}${to}`,
  },
  ConsistentRead: true,
});
