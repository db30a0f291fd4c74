import { S3Client } from '@aws-sdk/client-s3';
import { s3ArtifactStore } from '../../adapters/aws/s3-artifact-store.ts';
import { loadOnnxruntime } from '../../adapters/onnx/load-onnxruntime.ts';
import { onnxruntimeModelRuntime } from '../../adapters/onnx/onnxruntime-model-runtime.ts';
import type { VerifyEnvironment } from '../../core/contracts/environment.ts';
import { verifyExecutor } from '../../core/usecases/verify-executor.ts';
import type { VerifyHandlerDependencies } from './handler.ts';

/** @param directory where the bundle lies */
export const wire = (environment: VerifyEnvironment, directory: string): VerifyHandlerDependencies => ({
  artifacts: s3ArtifactStore({ client: new S3Client(), bucketName: environment.ARTIFACT_BUCKET }),
  verify: verifyExecutor({
    native: onnxruntimeModelRuntime(() => loadOnnxruntime(directory)),
    random: Math.random,
  }),
});
