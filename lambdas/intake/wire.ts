import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoPredictionIndex } from '../../adapters/aws/dynamo-prediction-index.ts';
import { dynamoReopenedWindows } from '../../adapters/aws/dynamo-reopened-windows.ts';
import { registryReader } from '../../adapters/aws/registry-reader.ts';
import { s3BaselineStore } from '../../adapters/aws/s3-baseline-store.ts';
import { s3CaptureObjects } from '../../adapters/aws/s3-capture-objects.ts';
import { s3WindowCounts } from '../../adapters/aws/s3-window-counts.ts';
import { serviceClient } from '../../adapters/aws/service-client.ts';
import type { IntakeEnvironment } from '../../core/contracts/environment.ts';
import { countCaptures } from '../../core/usecases/count-captures.ts';
import { takeInCaptures } from '../../core/usecases/take-in-captures.ts';
import type { IntakeHandlerDependencies } from './handler.ts';

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
  const count = countCaptures({
    registry: registryReader({ client, tableName }),
    baselines: s3BaselineStore({ client: s3, bucketName: environment.ARTIFACT_BUCKET }),
    counts: s3WindowCounts(captures),
    reopened: dynamoReopenedWindows({ client: DynamoDBDocumentClient.from(new DynamoDBClient()), tableName }),
    services: environment.COUNTED_SERVICES,
  });
  return {
    takeIn: takeInCaptures({
      objects: s3CaptureObjects(captures),
      index: dynamoPredictionIndex({ client, tableName, sleep: pause }),
      count,
    }),
    monotonicMs: () => performance.now(),
    log: (entry) => console.info(entry),
  };
}
