import { type Duration, Size } from 'aws-cdk-lib';
import type { HttpRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { CaptureOptions } from '../../core/contracts/capture.ts';
import type { EnvironmentFor, InferEnvironment } from '../../core/contracts/environment.ts';
import { inferenceRoutesOf } from '../../core/contracts/routes.ts';
import { verdictSettings } from '../../core/domain/drift/verdict/verdict-settings.ts';
import { DEFAULT_CAPTURE_WAIT_MS } from '../config.ts';
import { type AdmissionProps, budgetOf } from './admission-props.ts';
import type { CaptureProps } from './capture-props.ts';
import type { FunctionProps, ManagedInstancesProps } from './function-props.ts';
import { DEFAULT_INFERENCE_TIMEOUT, InferenceFunction } from './inference-function.ts';
import type { KeelsonPlatform } from './keelson-platform.ts';
import { DEFAULT_WINDOW, ModelMonitor, type MonitorProps } from './model-monitor.ts';
import { ServiceAlarms } from './service-alarms.ts';

export interface ModelServiceProps extends FunctionProps {
  /** What clients call the model, and versions are registered under. */
  readonly serviceName: string;
  /** The platform that it is served on; may belong to another stack. */
  readonly platform: KeelsonPlatform;
  /** Memory of the function; models take 40 % of it together. @default Size.mebibytes(1024) */
  readonly memory?: Size;
  /** What the service is for. @default - names the service */
  readonly description?: string;
  /** What a model may take to be registered. @default - half of the function's memory and timeout */
  readonly admission?: AdmissionProps;
  /** Which predictions are captured, and what of them. @default - none */
  readonly capture?: CaptureProps;
  /** What is watched of its predictions; needs `capture`. @default - nothing */
  readonly monitor?: MonitorProps;
  /** Runs the function on instances that are paid for by the hour, where a process takes several requests at a time. @default - paid for by request */
  readonly managedInstances?: ManagedInstancesProps;
}

/**
 * A declared service: a function and a role of its own, which can read this service's registry entries and no other's,
 * with limits of its own, behind routes that win over the pool's.
 */
export class ModelService extends Construct {
  readonly serviceName: string;
  readonly function: LambdaFunction;
  /** What is watched of it; undefined where nothing is. */
  readonly watched: { readonly alarms: ServiceAlarms; readonly window: Duration } | undefined;
  private readonly routes: readonly HttpRoute[];

  constructor(scope: Construct, id: string, props: ModelServiceProps) {
    super(scope, id);
    const { platform, serviceName, description, capture, admission, monitor, ...options } = props;
    const limits = {
      ...options,
      memory: options.memory ?? Size.mebibytes(1024),
      timeout: options.timeout ?? DEFAULT_INFERENCE_TIMEOUT,
    };
    platform.declareService(serviceName, budgetOf(this.node.path, { ...limits, admission }));
    this.serviceName = serviceName;
    this.function = new InferenceFunction(this, 'Function', {
      ...limits,
      description: description ?? `Serves the model ${serviceName}`,
      artifacts: platform.artifacts,
      registry: platform.registry,
      runtime: platform.runtime,
      architecture: platform.architecture,
      bundleFolder: platform.bundleFolder,
    }).function;
    platform.registry.grantReadService(this.function, serviceName);
    platform.registry.grantRecordCrashes(this.function, serviceName);
    if (capture) this.capture(platform, capture);
    if (monitor) {
      new ModelMonitor(this, 'Monitor', { ...monitor, serviceName, capture, evaluator: () => platform.evaluator });
      platform.monitored.push(serviceName);
      const { breaches, ofWindows } = verdictSettings(monitor.verdict);
      const window = monitor.window ?? DEFAULT_WINDOW;
      const alarms = new ServiceAlarms(this, 'Alarms', {
        ...monitor.alarms,
        serviceName,
        function: this.function,
        timeout: limits.timeout,
        window,
        breaches,
        ofWindows,
        alarmPrefix: platform.alarmPrefix,
        runbooks: platform.runbooks,
      });
      this.watched = { alarms, window };
    }
    this.routes = platform.gateway.addRoutes(this, this.function, inferenceRoutesOf(serviceName));
  }

  private capture(platform: KeelsonPlatform, props: CaptureProps): void {
    const { hash = [], drop = [], subject } = props;
    const rules = { hash: [...hash], drop: [...drop], ...(subject !== undefined && { subject }) };
    const stream = platform.captures.addStream(this, { service: this.serviceName, rules, grantee: this.function });
    const options: CaptureOptions = {
      service: this.serviceName,
      samplingRate: props.samplingRate ?? 1,
      ...rules,
      waitMs: props.waitMs ?? DEFAULT_CAPTURE_WAIT_MS,
    };
    const variables = { CAPTURE_OPTIONS: JSON.stringify(options), CAPTURE_STREAM: stream.ref };
    for (const [name, value] of Object.entries(variables satisfies Partial<EnvironmentFor<typeof InferEnvironment>>)) {
      this.function.addEnvironment(name, value);
    }
    platform.registry.grantTellRecent(this.function, this.serviceName);
    if (hash.length > 0 || subject !== undefined) platform.registry.grantCaptureSalt(this.function, this.serviceName);
  }

  /**
   * Lets somebody call this service and no other.
   *
   * @throws when the platform does not ask callers for IAM
   */
  grantInvoke(grantee: IGrantable): void {
    for (const route of this.routes) route.grantInvoke(grantee);
  }
}
