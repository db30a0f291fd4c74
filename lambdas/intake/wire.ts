import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { dynamoPredictionIndex } from '../../adapters/aws/dynamo-prediction-index.ts';
import { s3CaptureObjects } from '../../adapters/aws/s3-capture-objects.ts';
import { serviceClient } from '../../adapters/aws/service-client.ts';
import type { IntakeEnvironment } from '../../core/contracts/environment.ts';
import { indexCaptures } from '../../core/usecases/index-captures.ts';
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
  return {
    indexCaptures: indexCaptures({
      objects: s3CaptureObjects({ client: new S3Client(), bucketName: environment.CAPTURE_BUCKET }),
      index: dynamoPredictionIndex({ client, tableName: environment.REGISTRY_TABLE, sleep: pause }),
    }),
    log: (entry) => console.info(entry),
  };
}
