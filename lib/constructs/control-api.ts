import { ArnFormat, Duration, Lazy, Size, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { formatBudget, formatBudgets } from '../../core/contracts/budgets.ts';
import type { ControlEnvironment, EnvironmentFor } from '../../core/contracts/environment.ts';
import { CONTROL_ROUTES } from '../../core/contracts/routes.ts';
import type { AdmissionBudget } from '../../core/domain/admission/admission-budget.ts';
import type { ArtifactBucket } from './artifact-bucket.ts';
import type { Gateway } from './gateway.ts';
import type { ModelAdmission } from './model-admission.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';
import type { RegistryTable } from './registry-table.ts';

export interface ControlApiProps
  extends Omit<NodeFunctionProps, 'entry' | 'description' | 'environment' | 'layers' | 'memory' | 'timeout'> {
  /** Registration holds a model twice. @default Size.mebibytes(1024) */
  readonly memory?: Size;
  /** How long one request may take. @default Duration.seconds(29) */
  readonly timeout?: Duration;
  readonly artifacts: ArtifactBucket;
  readonly registry: RegistryTable;
  readonly gateway: Gateway;
  readonly admission: ModelAdmission;
  /** The services that have a function of their own, with their budgets, asked when the template is written. */
  readonly declaredServices: () => ReadonlyMap<string, AdmissionBudget>;
  readonly poolBudget: () => AdmissionBudget;
  /** Names of those whose predictions are captured, asked when the template is written. */
  readonly capturedServices: () => readonly string[];
  /** The bucket with the reports of windows, empty for none, asked when the template is written. */
  readonly captureBucket: () => string;
  /** Names of the services whose windows are evaluated, asked when the template is written. */
  readonly monitoredServices: () => readonly string[];
  /** What the names of alarms begin with. */
  readonly alarmPrefix: string;
  /** Where runbooks are read. */
  readonly runbooks: string;
  /** Name of the function that makes baselines of captures; empty where no service is captured. */
  readonly intakeFunction: () => string;
}

/** Registers, promotes, rolls back and lists; also answers what concerns the server as a whole, and wrong paths. */
export class ControlApi extends NodeFunction {
  constructor(scope: Construct, id: string, props: ControlApiProps) {
    const {
      artifacts,
      registry,
      gateway,
      admission,
      declaredServices,
      poolBudget,
      capturedServices,
      captureBucket,
      monitoredServices,
      alarmPrefix,
      runbooks,
      intakeFunction,
      memory,
      timeout,
      ...options
    } = props;
    super(scope, id, {
      ...options,
      entry: 'control',
      description: 'Registers and promotes model versions',
      memory: memory ?? Size.mebibytes(1024),
      timeout: timeout ?? Duration.seconds(29),
      environment: {
        ARTIFACT_BUCKET: artifacts.bucket.bucketName,
        REGISTRY_TABLE: registry.table.tableName,
        DECLARED_SERVICES: Lazy.string({ produce: () => formatBudgets(declaredServices()) }),
        POOL_BUDGET: Lazy.string({ produce: () => formatBudget(poolBudget()) }),
        CAPTURED_SERVICES: Lazy.string({ produce: () => capturedServices().join(',') }),
        CAPTURE_BUCKET: Lazy.string({ produce: captureBucket }),
        MONITORED_SERVICES: Lazy.string({ produce: () => monitoredServices().join(',') }),
        ALARM_PREFIX: alarmPrefix,
        RUNBOOKS: runbooks,
        INTAKE_FUNCTION: Lazy.string({ produce: intakeFunction }),
        ADMIT_FUNCTION: admission.function.functionName,
      } satisfies EnvironmentFor<typeof ControlEnvironment>,
    });
    artifacts.grantRegisterArtifacts(this.function);
    artifacts.grantPublishBaselines(this.function);
    artifacts.grantReadBaselines(this.function);
    registry.grantRegister(this.function);
    admission.grantAdmit(this.function);
    gateway.addRoutes(this, this.function, CONTROL_ROUTES);
    gateway.addFallback(this, this.function);
  }
  /** Read the states of the platform's alarms, and of no others. */
  grantReadAlarms(prefix: string): void {
    const arn = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${prefix}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.function.addToRolePolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [arn] }));
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:${prefix}*]`,
      reason: `What may be read is the alarms of this platform, whose names begin with ${prefix}, and of services to come.`,
    });
  }
}
