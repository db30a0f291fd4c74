import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { s3ArtifactStore } from '../../adapters/aws/s3-artifact-store.ts';
import { loadOnnxruntime } from '../../adapters/onnx/load-onnxruntime.ts';
import { onnxruntimeModelRuntime } from '../../adapters/onnx/onnxruntime-model-runtime.ts';
import type { InferEnvironment } from '../../core/contracts/environment.ts';
import { countInferences } from '../../core/usecases/count-inferences.ts';
import { createModelCache } from '../../core/usecases/model-cache.ts';
import { createModelServer } from '../../core/usecases/serve-models.ts';
import { logError, logFault } from '../_shared/log-error.ts';
import type { InferHandlerDependencies } from './handler.ts';

const MIB = 1024 * 1024;

/** @param directory where the bundle lies: the locale is beside it */
export function wire(environment: InferEnvironment, directory: string): InferHandlerDependencies {
  const registry = dynamoModelRegistry({
    // A registry that does not answer must not hold predictions up: warm processes go on with what they know.
    client: DynamoDBDocumentClient.from(
      new DynamoDBClient({
        maxAttempts: 2,
        requestHandler: { connectionTimeout: 500, requestTimeout: 2_000, throwOnRequestTimeout: true },
      }),
    ),
    tableName: environment.REGISTRY_TABLE,
    random: Math.random,
    sleep,
  });
  const artifacts = s3ArtifactStore({
    client: new S3Client({
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    }),
    bucketName: environment.ARTIFACT_BUCKET,
  });
  const runtime = onnxruntimeModelRuntime(() => loadOnnxruntime(directory));
  return {
    models: countInferences(
      createModelServer({
        registry,
        cache: createModelCache({ artifacts, runtime, limitBytes: environment.MODEL_CACHE_MIB * MIB }),
        monotonicMs: () => performance.now(),
        sleep: (ms) => sleep(ms, undefined, { ref: false }),
        onFault: logFault,
      }),
      { now: Date.now, monotonicMs: () => performance.now() },
    ),
    newPredictionId: randomUUID,
    log: logError,
    logStream: logStreamArn(process.env),
  };
}

/** From the variables that Lambda sets in every function. */
const logStreamArn = (variables: Record<string, string | undefined>): string =>
  `arn:aws:logs:${variables['AWS_REGION']}:*:log-group:${variables['AWS_LAMBDA_LOG_GROUP_NAME']}:log-stream:${variables['AWS_LAMBDA_LOG_STREAM_NAME']}`;
