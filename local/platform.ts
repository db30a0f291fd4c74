import path from 'node:path';
import { LOCAL_ACCOUNT, LOCAL_REGION, readCloudAssembly, type Stack } from './assembly/cloud-assembly.ts';
import { deployStacks } from './assembly/deploy-stacks.ts';
import type { Providers } from './assembly/provider.ts';
import { cloudWatchProviders } from './assembly/providers/cloudwatch.ts';
import { eventProviders } from './assembly/providers/events.ts';
import { firehoseProviders } from './assembly/providers/firehose.ts';
import { httpApiProviders, type OpenHttpApi } from './assembly/providers/http-api.ts';
import { lambdaProviders } from './assembly/providers/lambda.ts';
import { logsProviders } from './assembly/providers/logs.ts';
import { schedulerProviders } from './assembly/providers/scheduler.ts';
import { secretsProviders } from './assembly/providers/secrets-manager.ts';
import { snsProviders } from './assembly/providers/sns.ts';
import { stateProviders } from './assembly/providers/step-functions.ts';
import { storageProviders } from './assembly/providers/storage.ts';
import { RefusedError } from './assembly/refused-error.ts';
import type { Clock } from './clock.ts';
import { createHttpApi, type HttpApi, type HttpApiLimits } from './gateway/http-api.ts';
import { createApiMetrics } from './platform/api-metrics.ts';
import { type CloseStack, createCloseStack } from './platform/close-stack.ts';
import { lockDataFolder } from './platform/data-folder-lock.ts';
import { isLoopback, listen } from './platform/listen.ts';
import { openServices, type Services } from './platform/open-services.ts';
import { openClock } from './platform/persistent-clock.ts';
import { writeFileWhole } from './platform/write-file.ts';

const LOOPBACK = '127.0.0.1';
const DRAIN_MS = 10_000;

export interface PlatformOptions {
  /**
   * Folder of the synthesized cloud assembly, such as `cdk.out`, or what makes it: called once the data folder is held, so that
   * it may lie there without being pulled away from under another platform.
   */
  readonly assembly: string | (() => string);
  readonly dataDirectory: string;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** Port of the first HTTP API. @default a free one */
  readonly port?: number;
  /** Bearer token that every request to an HTTP API must carry; required where `host` is not loopback. */
  readonly token?: string;
  /** Child processes of one function at most. @default twice the processors, at least 4 */
  readonly environmentsPerFunction?: number;
  /** How patient the HTTP APIs are with clients. */
  readonly limits?: Partial<HttpApiLimits>;
  readonly log?: (line: string) => void;
}

export interface Platform {
  /** URL of the first HTTP API; empty where the app has none. */
  readonly url: string;
  /** URLs of the HTTP APIs by API id. */
  readonly urls: Readonly<Record<string, string>>;
  /** URLs of the services by their SDK suffix, such as `S3`; of the admin endpoint under `ADMIN`. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Moves the clock forward and does everything that is due on the way, in order: schedules, deliveries, alarms. */
  advance(stepMs: number): Promise<void>;
  /** The stacks' outputs, each as `Stack.Output`. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Lets requests under way finish, ends every child process, releases the data folder. */
  close(): Promise<void>;
}

/**
 * Runs a synthesized CDK app on this machine. All that it knows of the app it reads from the assembly.
 * @throws RefusedError naming what it cannot run
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { host = LOOPBACK } = options;
  if (!isLoopback(host) && options.token === undefined) {
    throw new RefusedError(
      'platform.token_required',
      `${host} can be reached from other machines and the local platform checks no AWS signatures: give a token, or use ${LOOPBACK}`,
    );
  }
  const lock = lockDataFolder(options.dataDirectory);
  const closers = createCloseStack();
  closers.push(() => lock.release());
  try {
    const { assembly } = options;
    const stacks = readCloudAssembly(typeof assembly === 'string' ? assembly : assembly());
    return await start({ ...options, host }, stacks, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function start(
  options: PlatformOptions & { host: string },
  stacks: readonly Stack[],
  closers: CloseStack,
): Promise<Platform> {
  const { dataDirectory, environmentsPerFunction, log = () => undefined } = options;
  const clock = openClock(path.join(dataDirectory, 'clock.json'));
  const region = stacks[0]?.region ?? LOCAL_REGION;
  const account = stacks[0]?.account ?? LOCAL_ACCOUNT;
  const services = await openServices({ dataDirectory, clock, region, account, environmentsPerFunction }, closers);
  const { apis, urls, openApi } = httpApis(options, { clock, services }, closers);
  const outputs = await deployStacks(stacks, providers(services, openApi, dataDirectory));
  for (const api of apis) api.open();
  services.agenda.start();
  for (const [apiId, url] of Object.entries(urls)) log(`HTTP API ${apiId} at ${url}`);

  const url = Object.values(urls)[0] ?? '';
  const endpoints = { ...services.urls, ADMIN: services.adminUrl };
  writeFileWhole(
    path.join(dataDirectory, 'endpoints.json'),
    JSON.stringify({ url, urls, endpoints, outputs }, null, 2),
  );
  return { url, urls, endpoints, clock, advance: services.agenda.advance, outputs, close: closers.closeAll };
}

/** Makes an HTTP API whenever the assembly has one; the first gets the port that was asked for. */
function httpApis(
  options: PlatformOptions & { host: string },
  { clock, services }: { clock: Clock; services: Services },
  closers: CloseStack,
): { apis: readonly HttpApi[]; urls: Readonly<Record<string, string>>; openApi: OpenHttpApi } {
  const apis: HttpApi[] = [];
  const urls: Record<string, string> = {};
  return {
    apis,
    urls,
    async openApi({ apiId, accountId, cors }) {
      const { token, limits = {} } = options;
      const onAnswer = createApiMetrics(services.cloudWatch, clock, apiId);
      const api = createHttpApi({ apiId, accountId, cors, clock, token, limits, onAnswer });
      const url = await listen(api.server, options.host, apis.length === 0 ? (options.port ?? 0) : 0);
      apis.push(api);
      closers.push(() => api.close(DRAIN_MS));
      urls[apiId] = url;
      return { api, url };
    },
  };
}

function providers(
  { s3, dynamodb, firehose, cloudWatch, scheduler, events, sns, states, secrets, functions }: Services,
  openApi: OpenHttpApi,
  dataDirectory: string,
): Providers {
  return {
    ...storageProviders({
      createBucket: (name, properties) => s3.createBucket(name, properties),
      createTable: (name, properties) => dynamodb.createTable(name, properties),
    }),
    ...firehoseProviders(firehose),
    ...cloudWatchProviders(cloudWatch),
    ...schedulerProviders(scheduler),
    ...eventProviders(events),
    ...snsProviders(sns),
    ...stateProviders(states),
    ...secretsProviders(secrets),
    ...lambdaProviders({ host: functions, codeDirectory: path.resolve(dataDirectory, 'code') }),
    ...logsProviders({ logsDirectory: path.join(dataDirectory, 'logs') }),
    ...httpApiProviders({ host: functions, openApi }),
  };
}
