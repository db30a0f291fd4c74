import { type Duration, RemovalPolicy, type Size, Token } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Architecture,
  Code,
  type ILayerVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { MAX_TIMEOUT_SECONDS, MEMORY_MIB } from '../config.ts';
import { bundledPart, DEFAULT_BUNDLE_FOLDER } from './bundle-folder.ts';
import type { FunctionProps, ManagedInstancesProps } from './function-props.ts';
import { runOnManagedInstances } from './managed-instances.ts';

export interface NodeFunctionProps extends FunctionProps {
  /** Folder below `lambdas` whose bundle runs. */
  readonly entry: string;
  /** What the function does, in a sentence. */
  readonly description: string;
  readonly architecture: Architecture;
  readonly memory: Size;
  readonly timeout: Duration;
  /** Longest `timeout` that makes sense, in seconds. @default 29: the HTTP API gives up after 30 */
  readonly timeoutLimitSeconds?: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly layers?: readonly ILayerVersion[];
  /** @default - the function is paid for by request, and a process takes one at a time */
  readonly managedInstances?: ManagedInstancesProps;
  /** Folder that `npm run bundle` writes. @default - the package's own `dist` */
  readonly bundleFolder?: string;
}

/**
 * A function of this platform: Node.js 24, a log group of its own, and a role that may write to that log group and to
 * nothing else until more is granted.
 */
export class NodeFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    checkLimits(this, props);
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      // Its records go by themselves; a service that is no longer declared must not take the evidence with it.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    this.function = new LambdaFunction(this, 'Resource', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: props.architecture,
      code: Code.fromAsset(bundledPart(props.bundleFolder ?? DEFAULT_BUNDLE_FOLDER, `lambdas/${props.entry}`)),
      handler: 'index.handler',
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      memorySize: props.memory.toMebibytes(),
      timeout: props.timeout,
      environment: { ...props.environment },
      ...(props.layers && { layers: [...props.layers] }),
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    if (props.managedInstances) runOnManagedInstances(this.function, props.managedInstances, props);
  }
}

function checkLimits(scope: Construct, props: NodeFunctionProps): void {
  const { memory, timeout, reservedConcurrency, description, timeoutLimitSeconds = MAX_TIMEOUT_SECONDS } = props;
  const at = scope.node.path;
  const mebibytes = memory.isUnresolved() ? MEMORY_MIB.min : memory.toMebibytes();
  if (mebibytes < MEMORY_MIB.min || mebibytes > MEMORY_MIB.max) {
    throw new Error(
      `${at}: 'memory' must be ${MEMORY_MIB.min} to ${MEMORY_MIB.max} MiB, got ${mebibytes}; a model and ONNX Runtime need room for both`,
    );
  }
  const seconds = timeout.isUnresolved() ? timeoutLimitSeconds : timeout.toSeconds();
  if (seconds < 1 || seconds > timeoutLimitSeconds) {
    throw new Error(
      `${at}: 'timeout' must be 1 to ${timeoutLimitSeconds} seconds, got ${seconds}; the HTTP API gives up after 30`,
    );
  }
  const reserved = reservedConcurrency ?? 0;
  if (!Token.isUnresolved(reserved) && !(Number.isInteger(reserved) && reserved >= 0)) {
    throw new Error(
      `${at}: 'reservedConcurrency' must be a whole number from 0, got ${reserved}; leave it out for none`,
    );
  }
  if (!Token.isUnresolved(description) && description.length > 256) {
    throw new Error(`${at}: 'description' must have at most 256 characters, got ${description.length}`);
  }
}
