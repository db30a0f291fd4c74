import { CfnOutput, Duration, Size, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { VerdictOptions } from '../../core/domain/drift/verdict/verdict-settings.ts';
import { concurrencyWarnings, type FunctionConfig, type KeelsonConfig } from '../config.ts';
import type { AdmissionProps } from '../constructs/admission-props.ts';
import type { CaptureProps } from '../constructs/capture-props.ts';
import type { FunctionProps } from '../constructs/function-props.ts';
import { KeelsonPlatform } from '../constructs/keelson-platform.ts';
import type { MonitorProps } from '../constructs/model-monitor.ts';
import { ModelService } from '../constructs/model-service.ts';
import { ServiceDashboard } from '../constructs/service-dashboard.ts';

export interface KeelsonStackProps extends StackProps {
  /** The checked configuration. */
  readonly config: KeelsonConfig;
  /** Folder that `npm run bundle` writes. @default - the package's own `dist` */
  readonly bundleFolder?: string;
}

/** The platform and every service of the configuration. */
export class KeelsonStack extends Stack {
  readonly platform: KeelsonPlatform;
  readonly services: readonly ModelService[];

  constructor(scope: Construct, id: string, props: KeelsonStackProps) {
    const { config, bundleFolder, ...stackProps } = props;
    super(scope, id, { description: 'Keelson: serverless model serving', ...stackProps });
    this.platform = new KeelsonPlatform(this, 'Platform', {
      auth: config.auth,
      architecture: config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      pool: {
        ...toProps(config.pool),
        ...(config.pool.admission && { admission: toAdmissionProps(config.pool.admission) }),
      },
      control: toProps(config.control),
      ...(config.notifications && { notifications: toDefined(config.notifications) }),
      captureRetention: Duration.days(config.captureRetentionDays),
      ...(config.encryptionKeyArn !== undefined && {
        encryptionKey: Key.fromKeyArn(this, 'EncryptionKey', config.encryptionKeyArn),
      }),
      ...(bundleFolder !== undefined && { bundleFolder }),
    });
    // Below a scope of its own, so that no service's name can meet the id of something else.
    const services = new Construct(this, 'Services');
    this.services = Object.entries(config.services).map(
      ([serviceName, { description, capture, monitor, admission, managedInstances, ...options }]) =>
        new ModelService(services, serviceName, {
          serviceName,
          platform: this.platform,
          ...toProps(options),
          ...(description !== undefined && { description }),
          ...(capture && { capture: toCaptureProps(capture) }),
          ...(monitor && { monitor: toMonitorProps(monitor) }),
          ...(managedInstances && { managedInstances }),
          ...(admission && { admission: toAdmissionProps(admission) }),
        }),
    );
    if (config.dashboard) new ServiceDashboard(this, 'Dashboard', { services: this.services });
    for (const warning of concurrencyWarnings(config)) {
      Validations.of(this).addWarning('keelson:reserved-concurrency', warning);
    }
    this.addOutputs();
  }

  private addOutputs(): void {
    const { gateway, artifacts, registry, control, pool } = this.platform;
    new CfnOutput(this, 'ApiUrl', { value: gateway.url, description: 'Base URL of the API' });
    new CfnOutput(this, 'ArtifactBucketName', { value: artifacts.bucket.bucketName });
    if (this.platform.hasCaptures) {
      new CfnOutput(this, 'CaptureBucketName', { value: this.platform.captures.bucket.bucketName });
    }
    new CfnOutput(this, 'RegistryTableName', { value: registry.table.tableName });
    new CfnOutput(this, 'ControlFunctionName', { value: control.function.functionName });
    new CfnOutput(this, 'PoolFunctionName', { value: pool.function.functionName });
    // Below the service: two names that differ in punctuation alone would have the same output here.
    for (const service of this.services) {
      new CfnOutput(service, 'FunctionName', {
        value: service.function.functionName,
        description: `Function of ${service.serviceName}`,
      });
    }
  }
}

const toProps = (config: FunctionConfig): FunctionProps => ({
  memory: Size.mebibytes(config.memoryMiB),
  timeout: Duration.seconds(config.timeoutSeconds),
  // The configuration takes exactly the numbers of days that the enumeration has.
  logRetention: config.logRetentionDays,
  ...(config.reservedConcurrency !== undefined && { reservedConcurrency: config.reservedConcurrency }),
});

type AdmissionConfig = NonNullable<KeelsonConfig['pool']['admission']>;

const toAdmissionProps = ({ maxMemoryMiB, maxLoadMs, maxLatencyMs }: AdmissionConfig): AdmissionProps => ({
  ...(maxMemoryMiB !== undefined && { maxMemoryMiB }),
  ...(maxLoadMs !== undefined && { maxLoadMs }),
  ...(maxLatencyMs !== undefined && { maxLatencyMs }),
});

type CaptureConfig = NonNullable<KeelsonConfig['services'][string]['capture']>;

const toCaptureProps = ({ subject, ...capture }: CaptureConfig): CaptureProps => ({
  ...capture,
  ...(subject !== undefined && { subject }),
});

type MonitorConfig = NonNullable<KeelsonConfig['services'][string]['monitor']>;

const toMonitorProps = (config: MonitorConfig): MonitorProps => ({
  window: Duration.minutes(config.windowMinutes),
  ...(config.verdict && { verdict: config.verdict as VerdictOptions }),
  ...(config.task && { task: config.task }),
  ...(config.labelDelayHours !== undefined && { labelDelay: Duration.hours(config.labelDelayHours) }),
  ...(config.expectedPositiveRate !== undefined && { expectedPositiveRate: config.expectedPositiveRate }),
  bias: config.bias,
  alarms: toDefined(config.alarms),
});

/** What is undefined is left out. */
const toDefined = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
