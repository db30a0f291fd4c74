import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { dynamoBaselineJobs } from '../../../adapters/aws/dynamo-baseline-jobs.ts';
import { dynamoNoticeLog } from '../../../adapters/aws/dynamo-notice-log.ts';
import { dynamoReopenedWindows } from '../../../adapters/aws/dynamo-reopened-windows.ts';
import { dynamoWindowStore } from '../../../adapters/aws/dynamo-window-store.ts';
import { s3ReportStore } from '../../../adapters/aws/s3-report-store.ts';
import { s3WindowCounts } from '../../../adapters/aws/s3-window-counts.ts';
import { createClock } from '../../../local/clock.ts';
import { createS3Service } from '../../../local/services/s3.ts';
import { describeBaselineJobs } from '../../contracts/baseline-jobs.contract.ts';
import { describeNoticeLog } from '../../contracts/notice-log.contract.ts';
import { describeReopenedWindows, describeWindowCounts, KEPT_AT } from '../../contracts/window-counts.contract.ts';
import { describeReportStore, describeWindowStore } from '../../contracts/window-store.contract.ts';
import { type ServedDynamoDb, serveTemporarily } from '../../local/services/dynamodb/local-dynamodb.ts';
import { EVENT_TIME } from '../../support/http-event.ts';
import { serve } from '../../support/serve.ts';

const BUCKET = 'captures';
const TABLE = 'registry';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local-secret' };
const directory = mkdtempSync(join(tmpdir(), 'keelson-s3-'));

let servedS3: Awaited<ReturnType<typeof serve>>;
let s3: S3Client;
let dynamoDb: ServedDynamoDb;
let tables = 0;

beforeAll(async () => {
  const service = createS3Service({ directory, clock: { ...createClock(), now: () => KEPT_AT }, credentials });
  service.createBucket(BUCKET, {});
  servedS3 = await serve(service);
  s3 = new S3Client({ endpoint: servedS3.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  dynamoDb = await serveTemporarily({ ...createClock(), now: () => EVENT_TIME });
  createTable(TABLE);
});
afterAll(async () => {
  s3.destroy();
  await servedS3.close();
  await dynamoDb.close();
  rmSync(directory, { recursive: true });
});

function createTable(name: string): void {
  const keys = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  dynamoDb.service.createTable(name, {
    AttributeDefinitions: keys,
    KeySchema: keys.map(({ AttributeName }, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    BillingMode: 'PAY_PER_REQUEST',
  });
}

const client = () => DynamoDBDocumentClient.from(dynamoDb.client, { marshallOptions: { removeUndefinedValues: true } });

describeWindowCounts('S3', () => s3WindowCounts({ client: s3, bucketName: BUCKET }));
describeReportStore('S3', () => s3ReportStore({ client: s3, bucketName: BUCKET }));
describeWindowStore('DynamoDB', () => dynamoWindowStore({ client: client(), tableName: TABLE }));
describeNoticeLog('DynamoDB', () => dynamoNoticeLog({ client: client(), tableName: TABLE }));
describeReopenedWindows('DynamoDB', () => {
  tables += 1;
  createTable(`${TABLE}-${tables}`);
  return dynamoReopenedWindows({ client: client(), tableName: `${TABLE}-${tables}` });
});
describeBaselineJobs('DynamoDB', async () => {
  tables += 1;
  createTable(`${TABLE}-${tables}`);
  return dynamoBaselineJobs({ client: client(), tableName: `${TABLE}-${tables}` });
});
