import type { Server } from 'node:http';
import path from 'node:path';
import { type Agenda, createAgenda } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import { createFunctionHost, type FunctionHost } from '../functions/function-host.ts';
import { createDynamoDbService } from '../services/dynamodb.ts';
import { DEFAULT_BUS } from '../services/events/event-bus.ts';
import { createFirehoseService } from '../services/firehose.ts';
import { createLambdaService } from '../services/lambda.ts';
import { createS3Service } from '../services/s3.ts';
import type { LocalService } from '../services/service.ts';
import { createUnavailableService } from '../services/unavailable.ts';
import { createAdminServer } from './admin-server.ts';
import type { CloseStack } from './close-stack.ts';
import { createFunctionMetrics } from './function-metrics.ts';
import { listen } from './listen.ts';
import { nodePaths } from './node-paths.ts';
import { openWatching, type Watching } from './open-watching.ts';
import { putObject } from './put-object.ts';
import { serveService } from './serve-service.ts';

const LOOPBACK = '127.0.0.1';
/** What functions sign with; nothing outside this machine knows them. */
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface Services extends Watching {
  readonly s3: ReturnType<typeof createS3Service>;
  readonly dynamodb: ReturnType<typeof createDynamoDbService>;
  readonly firehose: ReturnType<typeof createFirehoseService>;
  /** Begins when everything is deployed. */
  readonly agenda: Agenda;
  readonly functions: FunctionHost;
  /** URLs by the SDKs' suffix, such as `S3`. */
  readonly urls: Readonly<Record<string, string>>;
  readonly adminUrl: string;
}

export interface ServicesOptions {
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly region: string;
  readonly account: string;
  readonly environmentsPerFunction: number | undefined;
}

/** Starts every service, each on a free port of loopback. */
export async function openServices(options: ServicesOptions, closers: CloseStack): Promise<Services> {
  const { clock, region, account } = options;
  const directory = path.resolve(options.dataDirectory);
  const urls: Record<string, string> = {};
  const open = async (server: Server): Promise<string> => {
    const url = await listen(server, LOOPBACK, 0);
    closers.push(() => closeServer(server));
    return url;
  };
  const serve = async (service: LocalService): Promise<string> => {
    closers.push(() => service.close());
    return await open(serveService(service));
  };

  // Before S3, and so closed after it: what Firehose writes at the end is an event that the next start finds.
  const watching = openWatching(
    { directory, clock, account, region },
    {
      functions: () => functions,
      endpoint: (id) => urls[id] ?? '',
    },
  );
  for (const service of watching.services) urls[service.endpointId] = await serve(service);
  const s3 = createS3Service({
    directory: path.join(directory, 's3'),
    clock,
    credentials: CREDENTIALS,
    region,
    onEvent: (event) => watching.events.putEvent({ bus: DEFAULT_BUS, ...event }),
  });
  urls[s3.endpointId] = await serve(s3);
  const dynamodb = createDynamoDbService({ directory: path.join(directory, 'dynamodb'), clock });
  urls[dynamodb.endpointId] = await serve(dynamodb);
  const firehose = createFirehoseService({
    directory: path.join(directory, 'firehose'),
    clock,
    account,
    putObject: putObject(urls[s3.endpointId] ?? ''),
  });
  urls[firehose.endpointId] = await serve(firehose);
  closers.push(() => firehose.flush());

  const agenda = createAgenda(clock);
  for (const source of [firehose.source, ...watching.sources]) agenda.add(source);
  const catchAllUrl = await serve(createUnavailableService(() => Object.keys(urls)));

  const limits =
    options.environmentsPerFunction === undefined ? {} : { environmentsPerFunction: options.environmentsPerFunction };
  const shared = { directory, clock, region, credentials: CREDENTIALS, nodePaths: nodePaths() };
  const functions = createFunctionHost(
    {
      ...shared,
      endpointVariables: () => endpointVariables(urls, catchAllUrl),
      observer: createFunctionMetrics(watching.cloudWatch, clock),
    },
    limits,
  );
  closers.push(() => functions.close());
  const lambda = createLambdaService({ host: functions });
  urls[lambda.endpointId] = await serve(lambda);
  const adminUrl = await open(createAdminServer({ clock, agenda, views: watching.views }));
  closers.push(() => agenda.close());
  return { s3, dynamodb, firehose, ...watching, agenda, functions, urls, adminUrl };
}

/** The variables by which the SDKs find the services; the catch-all takes the rest. */
function endpointVariables(urls: Readonly<Record<string, string>>, catchAllUrl: string): Record<string, string> {
  const variables = Object.entries(urls).map(([id, url]) => [`AWS_ENDPOINT_URL_${id}`, url] as const);
  return { AWS_ENDPOINT_URL: catchAllUrl, ...Object.fromEntries(variables) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
