import { type Duration, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { SERVICE_NAME_PATTERN } from '../../core/contracts/service-name-pattern.ts';
import type { AdmissionBudget } from '../../core/domain/admission/admission-budget.ts';
import type { Auth } from '../config.ts';
import type { AdmissionProps } from './admission-props.ts';
import { AlarmNotifier, DEFAULT_RUNBOOKS, type NotificationProps } from './alarm-notifier.ts';
import { ArtifactBucket } from './artifact-bucket.ts';
import { DEFAULT_BUNDLE_FOLDER } from './bundle-folder.ts';
import { CaptureIntake } from './capture-intake.ts';
import { CaptureStore } from './capture-store.ts';
import { ControlApi } from './control-api.ts';
import type { FunctionProps } from './function-props.ts';
import { Gateway } from './gateway.ts';
import { ModelAdmission } from './model-admission.ts';
import { ModelPool } from './model-pool.ts';
import { MonitorFunction } from './monitor-function.ts';
import { RegistryTable } from './registry-table.ts';
import { RuntimeLayer } from './runtime-layer.ts';

export interface KeelsonPlatformProps {
  /** Who may call. @default - callers that AWS IAM allows to invoke the route (SigV4) */
  readonly auth?: Auth;
  /** Processor of all functions. @default Architecture.ARM_64 */
  readonly architecture?: Architecture;
  /** The function that serves every name that is not declared. @default - 2048 MiB, 10 s */
  readonly pool?: FunctionProps & { readonly admission?: AdmissionProps };
  /** The function that registers and promotes. @default - 1024 MiB, 29 s */
  readonly control?: FunctionProps;
  /** Where S3 logs every access to the artifacts. @default - no access log */
  readonly accessLogBucket?: IBucket;
  /** How long captured predictions are kept. @default Duration.days(365) */
  readonly captureRetention?: Duration;
  /** Key that encrypts the artifacts and the captures. @default - the account's AWS managed key for S3, which has no price of its own */
  readonly encryptionKey?: IKey;
  /** Who is told of alarms. @default - nobody */
  readonly notifications?: NotificationProps;
  /** Folder that `npm run bundle` writes. @default - the package's own `dist` */
  readonly bundleFolder?: string;
}

/**
 * All that services share: artifacts, registry, HTTP API, the control API and the pool. Give it to each `ModelService`;
 * without any, every model is served by the pool.
 */
export class KeelsonPlatform extends Construct {
  readonly artifacts: ArtifactBucket;
  readonly registry: RegistryTable;
  readonly gateway: Gateway;
  readonly runtime: RuntimeLayer;
  readonly control: ControlApi;
  readonly pool: ModelPool;
  readonly admission: ModelAdmission;
  readonly architecture: Architecture;
  readonly bundleFolder: string;
  /** What the names of alarms begin with: unique in an account as the name of the stack is. */
  readonly alarmPrefix: string;
  /** Where runbooks are read. */
  readonly runbooks: string;
  private readonly declared = new Map<string, AdmissionBudget>();
  private readonly props: KeelsonPlatformProps;
  private captureStore: CaptureStore | undefined;
  private intake: CaptureIntake | undefined;
  private monitorFunction: MonitorFunction | undefined;
  /** Names of the services whose windows are evaluated. */
  readonly monitored: string[] = [];

  constructor(scope: Construct, id: string, props: KeelsonPlatformProps = {}) {
    super(scope, id);
    this.props = props;
    this.architecture = props.architecture ?? Architecture.ARM_64;
    this.bundleFolder = props.bundleFolder ?? DEFAULT_BUNDLE_FOLDER;
    this.alarmPrefix = `keelson.${Stack.of(this).stackName}.`;
    this.runbooks = props.notifications?.runbooks ?? DEFAULT_RUNBOOKS;
    // What holds state comes first: the ids of these two are pinned by a test, because renaming one replaces it.
    this.artifacts = new ArtifactBucket(this, 'Artifacts', {
      ...(props.accessLogBucket && { accessLogBucket: props.accessLogBucket }),
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    });
    this.registry = new RegistryTable(this, 'Registry');
    this.gateway = new Gateway(this, 'Gateway', { ...(props.auth && { auth: props.auth }) });
    this.runtime = new RuntimeLayer(this, 'Runtime', this.hosting);
    const shared = {
      artifacts: this.artifacts,
      registry: this.registry,
      gateway: this.gateway,
      ...this.hosting,
    };
    this.admission = new ModelAdmission(this, 'Admission', {
      ...this.hosting,
      artifacts: this.artifacts,
      runtime: this.runtime,
      budgets: () => [...this.declared.values(), this.pool.budget],
    });
    this.control = new ControlApi(this, 'Control', {
      ...props.control,
      ...shared,
      admission: this.admission,
      declaredServices: () => this.budgets,
      poolBudget: () => this.pool.budget,
      captureBucket: () => this.captureStore?.bucket.bucketName ?? '',
      monitoredServices: () => this.monitored,
      alarmPrefix: this.alarmPrefix,
      runbooks: this.runbooks,
      intakeFunction: () => this.intake?.function.functionName ?? '',
      capturedServices: () => Object.keys(this.captureStore?.services ?? {}),
    });
    this.pool = new ModelPool(this, 'Pool', { ...props.pool, ...shared, runtime: this.runtime });
  }

  /** Where captured predictions go; made for the first service that is captured. */
  get captures(): CaptureStore {
    this.captureStore ??= this.makeCaptureStore();
    return this.captureStore;
  }

  /** Whether any service is captured. */
  get hasCaptures(): boolean {
    return this.captureStore !== undefined;
  }

  /** Evaluates windows; made for the first service that is monitored. */
  get evaluator(): MonitorFunction {
    this.monitorFunction ??= this.makeEvaluator();
    return this.monitorFunction;
  }

  private makeEvaluator(): MonitorFunction {
    const evaluator = new MonitorFunction(this, 'Monitor', {
      ...this.hosting,
      captures: this.captures,
      registry: this.registry,
      artifacts: this.artifacts,
    });
    const { notifications } = this.props;
    if (
      notifications &&
      (notifications.email?.length || notifications.slackSecretArn || notifications.teamsSecretArn)
    ) {
      new AlarmNotifier(this, 'Notify', {
        ...this.hosting,
        ...notifications,
        registry: this.registry,
        alarmPrefix: this.alarmPrefix,
        apiUrl: this.gateway.url,
      });
    }
    this.control.grantReadAlarms(this.alarmPrefix);
    return evaluator;
  }

  /** Names of the services that have a function of their own, in order of name. */
  get declaredServices(): readonly string[] {
    return [...this.declared.keys()].toSorted();
  }

  /** @throws when the name cannot be one, or is taken */
  declareService(name: string, budget: AdmissionBudget): void {
    if (!SERVICE_NAME_PATTERN.test(name)) {
      throw new Error(
        `'serviceName' must be 1 to 63 letters, digits, "-" or "_" and start with a letter or digit, got ${JSON.stringify(name)}`,
      );
    }
    const twin = this.declaredServices.find((other) => other.toLowerCase() === name.toLowerCase());
    if (twin !== undefined) {
      throw new Error(
        `'serviceName' must be unique on its platform whatever its case, got ${JSON.stringify(name)} beside ${JSON.stringify(twin)}; rename one`,
      );
    }
    this.declared.set(name, budget);
  }

  /** In order of name, so that the order of declaration changes no template. */
  private get budgets(): ReadonlyMap<string, AdmissionBudget> {
    return new Map(this.declaredServices.map((name) => [name, this.declared.get(name) as AdmissionBudget]));
  }

  private makeCaptureStore(): CaptureStore {
    const { captureRetention, encryptionKey, accessLogBucket } = this.props;
    const captures = new CaptureStore(this, 'Captures', {
      ...(captureRetention && { retention: captureRetention }),
      ...(encryptionKey && { encryptionKey }),
      ...(accessLogBucket && { accessLogBucket }),
    });
    this.intake = new CaptureIntake(this, 'Intake', {
      ...this.hosting,
      captures,
      registry: this.registry,
      artifacts: this.artifacts,
    });
    this.intake.grantAsk(this.control.function);
    captures.grantReadReports(this.control.function);
    return captures;
  }

  private get hosting() {
    return { architecture: this.architecture, bundleFolder: this.bundleFolder };
  }
}
