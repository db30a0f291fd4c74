import { Duration, Lazy, Size } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { EnvironmentFor, IntakeEnvironment } from '../../core/contracts/environment.ts';
import type { CountedServices } from '../../core/contracts/monitor.ts';
import { CAPTURE_PREFIX } from '../../core/contracts/object-keys.ts';
import type { ArtifactBucket } from './artifact-bucket.ts';
import type { CaptureStore } from './capture-store.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { RegistryTable } from './registry-table.ts';

export interface CaptureIntakeProps
  extends Omit<NodeFunctionProps, 'entry' | 'description' | 'environment' | 'memory' | 'timeout'> {
  readonly captures: CaptureStore;
  readonly registry: RegistryTable;
  readonly artifacts: ArtifactBucket;
}

/** The longest that Lambda lets a function run. An object of 64 MiB, 80,000 records of one row, takes some seconds: `npm run bench -- capture`. */
const TIMEOUT = Duration.minutes(15);

/**
 * Takes in each capture object once it is delivered, beside the predictions and not within them: a service that is called a
 * thousand times a second costs an inference function no more for it.
 */
export class CaptureIntake extends NodeFunction {
  constructor(scope: Construct, id: string, props: CaptureIntakeProps) {
    const { captures, registry, artifacts, ...options } = props;
    const countedServices = () => JSON.stringify(captures.services satisfies CountedServices);
    super(scope, id, {
      ...options,
      entry: 'intake',
      description:
        'Takes in captured predictions: counts them, remembers their ids for labels, makes baselines of them',
      memory: Size.mebibytes(1024),
      timeout: TIMEOUT,
      timeoutLimitSeconds: TIMEOUT.toSeconds(),
      environment: {
        CAPTURE_BUCKET: captures.bucket.bucketName,
        ARTIFACT_BUCKET: artifacts.bucket.bucketName,
        COUNTED_SERVICES: Lazy.string({ produce: countedServices }),
        REGISTRY_TABLE: registry.table.tableName,
      } satisfies EnvironmentFor<typeof IntakeEnvironment>,
    });
    captures.grantReadCaptures(this.function);
    captures.grantKeepCounts(this.function);
    artifacts.grantReadBaselines(this.function);
    artifacts.grantPublishBaselines(this.function);
    registry.grantIndexPredictions(this.function);
    registry.grantReadEveryService(this.function);
    registry.grantMarkReopened(this.function);
    registry.grantMakeBaselines(this.function);
    this.node.addValidation({ validate: () => tooLong(countedServices()) });
    new Rule(this, 'Delivered', {
      description: 'A capture object was delivered',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [captures.bucket.bucketName] }, object: { key: [{ prefix: CAPTURE_PREFIX }] } },
      },
      targets: [new LambdaFunction(this.function)],
    });
  }

  /** Ask for a baseline of captures. */
  grantAsk(grantee: IGrantable): void {
    // Not `grantInvoke`, which would allow every version of the function.
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    );
  }
}

/** Lambda takes 4 KB of variables; the others of this function have some 300 characters, or as many tokens. */
const RULES_LIMIT = 3_500;

const tooLong = (rules: string): string[] =>
  rules.length <= RULES_LIMIT
    ? []
    : [
        `the names that captures hash or drop have ${rules.length} characters in all services together, and ${RULES_LIMIT} fit a function's variables: drop whole inputs instead of their features, or spread the services over several stacks`,
      ];
