import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { s3ArtifactStore } from '../../adapters/aws/s3-artifact-store.ts';
import { processModelProbe } from '../../adapters/onnx/process-model-probe.ts';
import type { AdmitEnvironment } from '../../core/contracts/environment.ts';
import { admitModel } from '../../core/usecases/admit-model.ts';
import type { AdmitHandlerDependencies } from './handler.ts';

/** @param directory where the bundle lies: the locale and the model process are beside it */
export const wire = (environment: AdmitEnvironment, directory: string): AdmitHandlerDependencies => ({
  artifacts: s3ArtifactStore({ client: new S3Client(), bucketName: environment.ARTIFACT_BUCKET }),
  admit: admitModel({
    probe: processModelProbe({ script: join(directory, 'model-process.cjs'), variables: process.env }),
    random: Math.random,
    monotonicMs: () => performance.now(),
  }),
});
