import path from 'node:path';
import type { Clock } from '../clock.ts';
import type { FunctionConfig } from './function-config.ts';
import type { FunctionObserver } from './function-observer.ts';

/** What all functions of one platform share. */
export interface HostEnvironment {
  /** The platform's data folder. */
  readonly directory: string;
  readonly clock: Clock;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** `AWS_ENDPOINT_URL…` of every local service and of the catch-all. Asked at each start: a service may come late. */
  readonly endpointVariables: () => Readonly<Record<string, string>>;
  /** Where CommonJS bundles find the packages that a layer brings on AWS. */
  readonly nodePaths: readonly string[];
  readonly observer?: FunctionObserver;
}

/** The environment of a function, and nothing of the platform's own: what is missing here is missing on AWS too. */
export function environmentVariables(
  config: FunctionConfig,
  host: HostEnvironment,
  start: { temporaryDirectory: string; logStream: string },
): Record<string, string> {
  const changeable = {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    ...host.endpointVariables(),
    ...config.environment,
  };
  const ownNodePath = config.environment['NODE_PATH'];
  return {
    ...changeable,
    NODE_PATH: [...(ownNodePath === undefined ? [] : [ownNodePath]), ...host.nodePaths].join(path.delimiter),
    TMPDIR: start.temporaryDirectory,
    _HANDLER: config.handler,
    LAMBDA_TASK_ROOT: config.codeDirectory,
    AWS_REGION: host.region,
    AWS_DEFAULT_REGION: host.region,
    AWS_ACCESS_KEY_ID: host.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: host.credentials.secretAccessKey,
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMiB),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: config.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: start.logStream,
    AWS_LAMBDA_LOG_FORMAT: config.logFormat,
    // Set on managed instances alone.
    ...(config.concurrencyPerEnvironment > 1
      ? { AWS_LAMBDA_MAX_CONCURRENCY: String(config.concurrencyPerEnvironment) }
      : {}),
    // The SDK would look for an instance's credentials for seconds where a handler clears its keys.
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
