import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { artifactReader } from '../../adapters/aws/artifact-reader.ts';
import { registryReader } from '../../adapters/aws/registry-reader.ts';
import { serviceClient } from '../../adapters/aws/service-client.ts';
import { loadOnnxruntime } from '../../adapters/onnx/load-onnxruntime.ts';
import { onnxruntimeModelRuntime } from '../../adapters/onnx/onnxruntime-model-runtime.ts';
import type { InferEnvironment } from '../../core/contracts/environment.ts';
import { executorRuntime } from '../../core/usecases/executor-runtime.ts';
import { createModelCache } from '../../core/usecases/model-cache.ts';
import { createModelServer } from '../../core/usecases/serve-models.ts';
import { logError, logFault } from '../_shared/log-error.ts';
import type { InferHandlerDependencies } from './handler.ts';

const MIB = 1024 * 1024;

/** @param directory where the bundle lies: the locale is beside it */
export function wire(environment: InferEnvironment, directory: string): InferHandlerDependencies {
  const shared = { variables: process.env, now: Date.now, sleep: (ms: number) => sleep(ms), attempts: 2 };
  const registry = registryReader({
    // A registry that does not answer must not hold predictions up: warm processes go on with what they know.
    client: serviceClient({ ...shared, service: 'dynamodb', timeoutMs: 2_000 }),
    tableName: environment.REGISTRY_TABLE,
  });
  const artifacts = artifactReader({
    client: serviceClient({ ...shared, service: 's3', timeoutMs: 20_000, attempts: 3 }),
    bucketName: environment.ARTIFACT_BUCKET,
  });
  const runtime = executorRuntime(onnxruntimeModelRuntime(() => loadOnnxruntime(directory)));
  return {
    models: createModelServer({
      registry,
      cache: createModelCache({ artifacts, runtime, limitBytes: environment.MODEL_CACHE_MIB * MIB }),
      monotonicMs: () => performance.now(),
      sleep: (ms) => sleep(ms, undefined, { ref: false }),
      onFault: logFault,
    }),
    newPredictionId: randomUUID,
    log: logError,
    logStream: logStreamArn(process.env),
  };
}

/** From the variables that Lambda sets in every function. */
const logStreamArn = (variables: Record<string, string | undefined>): string =>
  `arn:aws:logs:${variables['AWS_REGION']}:*:log-group:${variables['AWS_LAMBDA_LOG_GROUP_NAME']}:log-stream:${variables['AWS_LAMBDA_LOG_STREAM_NAME']}`;
