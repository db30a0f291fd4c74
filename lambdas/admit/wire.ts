import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { s3ArtifactStore } from '../../adapters/aws/s3-artifact-store.ts';
import { s3BaselineStore } from '../../adapters/aws/s3-baseline-store.ts';
import { processModelProbe } from '../../adapters/onnx/process-model-probe.ts';
import type { AdmitEnvironment } from '../../core/contracts/environment.ts';
import { admitModel } from '../../core/usecases/admit-model.ts';
import { baselineOfUpload } from '../../core/usecases/baseline-of-upload.ts';
import { runningHash } from '../_shared/running-hash.ts';
import type { AdmitHandlerDependencies } from './handler.ts';

/** @param directory where the bundle lies: the locale and the model process are beside it */
export function wire(environment: AdmitEnvironment, directory: string): AdmitHandlerDependencies {
  const bucket = { client: new S3Client(), bucketName: environment.ARTIFACT_BUCKET };
  const artifacts = s3ArtifactStore(bucket);
  const monotonicMs = () => performance.now();
  return {
    artifacts,
    admit: admitModel({
      probe: processModelProbe({ script: join(directory, 'model-process.cjs'), variables: process.env }),
      random: Math.random,
      monotonicMs,
    }),
    makeBaseline: baselineOfUpload({
      artifacts,
      baselines: s3BaselineStore(bucket),
      createHash: runningHash,
      monotonicMs,
    }),
    monotonicMs,
  };
}
