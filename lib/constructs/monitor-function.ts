import { Duration, Size, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { EnvironmentFor, MonitorEnvironment } from '../../core/contracts/environment.ts';
import type { ArtifactBucket } from './artifact-bucket.ts';
import type { CaptureStore } from './capture-store.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { RegistryTable } from './registry-table.ts';

export interface MonitorFunctionProps
  extends Omit<NodeFunctionProps, 'entry' | 'description' | 'environment' | 'memory' | 'timeout'> {
  readonly captures: CaptureStore;
  readonly registry: RegistryTable;
  readonly artifacts: ArtifactBucket;
}

/** The longest that Lambda lets a function run: what a call does not get done, the next one does. */
const TIMEOUT = Duration.minutes(15);

/** Evaluates the windows of every monitored service, each when its schedule says so. */
export class MonitorFunction extends NodeFunction {
  /** What schedules take on to call it. */
  readonly schedulerRole: Role;

  constructor(scope: Construct, id: string, props: MonitorFunctionProps) {
    const { captures, registry, artifacts, ...options } = props;
    super(scope, id, {
      ...options,
      entry: 'monitor',
      description: 'Evaluates windows of captured predictions: drift, data quality, performance, bias',
      // History and window are held at once: some 40 MB of thirty features, some 300 MB of three thousand.
      memory: Size.mebibytes(1769),
      timeout: TIMEOUT,
      timeoutLimitSeconds: TIMEOUT.toSeconds(),
      environment: {
        CAPTURE_BUCKET: captures.bucket.bucketName,
        ARTIFACT_BUCKET: artifacts.bucket.bucketName,
        REGISTRY_TABLE: registry.table.tableName,
      } satisfies EnvironmentFor<typeof MonitorEnvironment>,
    });
    captures.grantMonitor(this.function);
    artifacts.grantReadBaselines(this.function);
    registry.grantMonitor(this.function);
    this.schedulerRole = new Role(this, 'SchedulerRole', {
      description: 'Lets schedules ask for the evaluation of windows',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    // Not `grantInvoke`, which would allow every version of the function.
    this.schedulerRole.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    );
  }
}
