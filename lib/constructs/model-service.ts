import { Size } from 'aws-cdk-lib';
import type { HttpRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { inferenceRoutesOf } from '../../core/contracts/routes.ts';
import type { FunctionProps } from './function-props.ts';
import { InferenceFunction } from './inference-function.ts';
import type { KeelsonPlatform } from './keelson-platform.ts';

export interface ModelServiceProps extends FunctionProps {
  /** What clients call the model, and versions are registered under. */
  readonly serviceName: string;
  /** The platform that it is served on; may belong to another stack. */
  readonly platform: KeelsonPlatform;
  /** Memory of the function; models take 40 % of it together. @default Size.mebibytes(1024) */
  readonly memory?: Size;
  /** What the service is for. @default - names the service */
  readonly description?: string;
}

/**
 * A declared service: a function and a role of its own, which can read this service's registry entries and no other's,
 * with limits of its own, behind routes that win over the pool's.
 */
export class ModelService extends Construct {
  readonly serviceName: string;
  readonly function: LambdaFunction;
  private readonly routes: readonly HttpRoute[];

  constructor(scope: Construct, id: string, props: ModelServiceProps) {
    super(scope, id);
    const { platform, serviceName, description, memory, ...limits } = props;
    platform.declareService(serviceName);
    this.serviceName = serviceName;
    this.function = new InferenceFunction(this, 'Function', {
      ...limits,
      description: description ?? `Serves the model ${serviceName}`,
      memory: memory ?? Size.mebibytes(1024),
      artifacts: platform.artifacts,
      registry: platform.registry,
      runtime: platform.runtime,
      architecture: platform.architecture,
      bundleFolder: platform.bundleFolder,
    }).function;
    platform.registry.grantReadService(this.function, serviceName);
    this.routes = platform.gateway.addRoutes(this, this.function, inferenceRoutesOf(serviceName));
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
