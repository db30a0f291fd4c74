import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoBaselineJobs } from '../../adapters/aws/dynamo-baseline-jobs.ts';
import { dynamoPredictionIndex } from '../../adapters/aws/dynamo-prediction-index.ts';
import { dynamoReopenedWindows } from '../../adapters/aws/dynamo-reopened-windows.ts';
import { registryReader } from '../../adapters/aws/registry-reader.ts';
import { s3BaselineStore } from '../../adapters/aws/s3-baseline-store.ts';
import { s3CaptureObjects } from '../../adapters/aws/s3-capture-objects.ts';
import { s3WindowCounts } from '../../adapters/aws/s3-window-counts.ts';
import { serviceClient } from '../../adapters/aws/service-client.ts';
import type { IntakeEnvironment } from '../../core/contracts/environment.ts';
import { runBaseline } from '../../core/usecases/baselines/run-baseline.ts';
import { countCaptures } from '../../core/usecases/count-captures.ts';
import { takeInCaptures } from '../../core/usecases/take-in-captures.ts';
import { logFault } from '../_shared/log-error.ts';
import type { IntakeHandlerDependencies } from './handler.ts';

/** Short of the quarter of an hour that the function has: there is time to say that it was not enough. */
const BASELINE_LIMIT_MS = 13 * 60_000;

export function wire(environment: IntakeEnvironment): IntakeHandlerDependencies {
  const pause = (ms: number) => sleep(ms);
  const client = serviceClient({
    service: 'dynamodb',
    variables: process.env,
    now: Date.now,
    sleep: pause,
    timeoutMs: 5_000,
    attempts: 3,
  });
  const s3 = new S3Client();
  const captures = { client: s3, bucketName: environment.CAPTURE_BUCKET };
  const tableName = environment.REGISTRY_TABLE;
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const registry = registryReader({ client, tableName });
  const baselines = s3BaselineStore({ client: s3, bucketName: environment.ARTIFACT_BUCKET });
  const objects = s3CaptureObjects(captures);
  const counting = {
    registry,
    counts: s3WindowCounts(captures),
    reopened: dynamoReopenedWindows({ client: documents, tableName }),
    services: environment.COUNTED_SERVICES,
    onFault: logFault,
  };
  return {
    takeIn: takeInCaptures({
      objects,
      index: dynamoPredictionIndex({ client, tableName, sleep: pause }),
      count: countCaptures({ ...counting, baselines }),
    }),
    makeBaseline: runBaseline({
      ...counting,
      baselines,
      objects,
      jobs: dynamoBaselineJobs({ client: documents, tableName }),
      monotonicMs: () => performance.now(),
      limitMs: BASELINE_LIMIT_MS,
    }),
    log: (entry) => console.info(entry),
  };
}
