import { Duration, Lazy, Size } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { AdmitEnvironment, EnvironmentFor } from '../../core/contracts/environment.ts';
import { ADMISSION_TIMEOUT_SECONDS } from '../../core/contracts/limits.ts';
import { ADMISSION_OWN_MIB, type AdmissionBudget } from '../../core/domain/admission/admission-budget.ts';
import type { ArtifactBucket } from './artifact-bucket.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { RuntimeLayer } from './runtime-layer.ts';

export interface ModelAdmissionProps
  extends Omit<NodeFunctionProps, 'entry' | 'description' | 'environment' | 'layers' | 'memory' | 'timeout'> {
  readonly artifacts: ArtifactBucket;
  readonly runtime: RuntimeLayer;
  /** Budgets of all that serve, asked when the template is written. */
  readonly budgets: () => readonly AdmissionBudget[];
}

/** One whole processor: a function with less would find models slower than they are. */
const LEAST_MIB = 1769;

/**
 * Tries every model out before it becomes a version. A function of its own, because the one that registers has no native library
 * and may write what others rely on; this one can read artifacts and nothing else.
 */
export class ModelAdmission extends NodeFunction {
  constructor(scope: Construct, id: string, props: ModelAdmissionProps) {
    const { artifacts, runtime, budgets, ...options } = props;
    super(scope, id, {
      ...options,
      entry: 'admit',
      description: 'Tries models out before they are registered',
      memory: Size.mebibytes(Lazy.number({ produce: () => memoryFor(budgets()) })),
      timeout: Duration.seconds(ADMISSION_TIMEOUT_SECONDS),
      layers: [runtime.layer],
      environment: {
        ARTIFACT_BUCKET: artifacts.bucket.bucketName,
        ORT_DISABLE_TELEMETRY: '1',
      } satisfies EnvironmentFor<typeof AdmitEnvironment>,
    });
    artifacts.grantReadArtifacts(this.function);
    artifacts.grantMakeBaselines(this.function);
  }

  /** Ask for an admission; the function itself and no version or alias of it, of which there are none. */
  grantAdmit(grantee: IGrantable): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    );
  }
}

/** A model is ended at its budget, so the largest budget is what a model can take here. */
const memoryFor = (budgets: readonly AdmissionBudget[]): number =>
  Math.max(LEAST_MIB, ...budgets.map(({ memoryMiB }) => memoryMiB + ADMISSION_OWN_MIB));
