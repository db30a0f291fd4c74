import { Duration, Size } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { EnvironmentFor, VerifyEnvironment } from '../../core/contracts/environment.ts';
import type { ArtifactBucket } from './artifact-bucket.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { RuntimeLayer } from './runtime-layer.ts';

export interface ExecutorVerifierProps
  extends Omit<NodeFunctionProps, 'entry' | 'description' | 'environment' | 'layers' | 'memory' | 'timeout'> {
  readonly artifacts: ArtifactBucket;
  readonly runtime: RuntimeLayer;
}

/**
 * Tells at registration whether a model may run without onnxruntime. A function of its own, because the one that registers
 * has no native library; it can read artifacts and nothing else.
 */
export class ExecutorVerifier extends NodeFunction {
  constructor(scope: Construct, id: string, props: ExecutorVerifierProps) {
    const { artifacts, runtime, ...options } = props;
    super(scope, id, {
      ...options,
      entry: 'verify',
      description: 'Compares the TypeScript executor with ONNX Runtime',
      memory: Size.mebibytes(1024),
      timeout: Duration.seconds(14),
      layers: [runtime.layer],
      environment: {
        ARTIFACT_BUCKET: artifacts.bucket.bucketName,
        ORT_DISABLE_TELEMETRY: '1',
      } satisfies EnvironmentFor<typeof VerifyEnvironment>,
    });
    artifacts.grantReadArtifacts(this.function);
  }

  /** Ask for a verification; the function itself and no version or alias of it, of which there are none. */
  grantVerify(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    );
  }
}
