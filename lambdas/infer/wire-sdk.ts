import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoCapturePseudonym } from '../../adapters/aws/dynamo-capture-salt.ts';
import { dynamoVersionHealth } from '../../adapters/aws/dynamo-version-health.ts';
import { firehoseCaptureSink } from '../../adapters/aws/firehose-capture-sink.ts';
import type { Pseudonym } from '../../core/domain/capture/redact-payload.ts';
import type { CaptureSink } from '../../core/ports/capture-sink.ts';
import type { CrashRecords } from '../../core/ports/version-health.ts';

/** What delivers captures and records crashes: with the SDK, in a file of its own. */

const OPTIONS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

export const openFirehose = (streamName: string, sleep: (ms: number) => Promise<void>): CaptureSink =>
  firehoseCaptureSink({ client: new FirehoseClient(OPTIONS), streamName, sleep });

export const loadPseudonym = (tableName: string, service: string): Promise<Pseudonym> =>
  dynamoCapturePseudonym({ client: openDynamoDb(), tableName, service });

export const openCrashRecords = (tableName: string): Pick<CrashRecords, 'record'> =>
  dynamoVersionHealth({ client: openDynamoDb(), tableName });

const openDynamoDb = (): DynamoDBDocumentClient => DynamoDBDocumentClient.from(new DynamoDBClient(OPTIONS));
