import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EnvironmentFor, InferEnvironment } from '../../core/contracts/environment.ts';
import type { ArtifactBucket } from './artifact-bucket.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { RegistryTable } from './registry-table.ts';
import type { RuntimeLayer } from './runtime-layer.ts';

export interface InferenceFunctionProps
  extends Omit<NodeFunctionProps, 'entry' | 'environment' | 'layers' | 'timeout'> {
  /** How long one request may take. @default Duration.seconds(10) */
  readonly timeout?: Duration;
  readonly artifacts: ArtifactBucket;
  readonly registry: RegistryTable;
  readonly runtime: RuntimeLayer;
}

export const DEFAULT_INFERENCE_TIMEOUT = Duration.seconds(10);

/** Of a function's memory, what loaded models may take; the rest is for Node.js, requests and a model being loaded. */
const MODEL_CACHE_SHARE = 0.4;

/** Answers inference requests from the artifacts. Whoever makes it grants the registry entries that it may read. */
export class InferenceFunction extends NodeFunction {
  constructor(scope: Construct, id: string, props: InferenceFunctionProps) {
    const { artifacts, registry, runtime, timeout, ...options } = props;
    super(scope, id, {
      ...options,
      entry: 'infer',
      timeout: timeout ?? DEFAULT_INFERENCE_TIMEOUT,
      layers: [runtime.layer],
      environment: {
        ARTIFACT_BUCKET: artifacts.bucket.bucketName,
        REGISTRY_TABLE: registry.table.tableName,
        MODEL_CACHE_MIB: String(Math.floor(props.memory.toMebibytes() * MODEL_CACHE_SHARE)),
        CAPTURE_OPTIONS: '',
        CAPTURE_STREAM: '',
        ORT_DISABLE_TELEMETRY: '1',
      } satisfies EnvironmentFor<typeof InferEnvironment>,
    });
    artifacts.grantReadArtifacts(this.function);
  }
}
