import type { AlarmKind } from '../../core/contracts/alarms.ts';
import {
  type QuarantinedVersion,
  type QuarantineRelease,
  RegisterRequest,
  RolloutRequest,
  UploadRequest,
  VersionNumber,
} from '../../core/contracts/api.ts';
import { BaselineRequest } from '../../core/contracts/baselines.ts';
import { LabelBatch } from '../../core/contracts/labels.ts';
import { CONTROL_BODY_LIMIT_BYTES } from '../../core/contracts/limits.ts';
import { openApiDocument } from '../../core/contracts/open-api.ts';
import { RepositoryIndexRequest } from '../../core/contracts/open-inference.ts';
import { CONTROL_ROUTES, type ControlRoute } from '../../core/contracts/routes.ts';
import { ServiceName } from '../../core/contracts/service-name.ts';
import { WindowQuery, WindowRevision } from '../../core/contracts/windows.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { Idempotency, ModelRegistry } from '../../core/ports/model-registry.ts';
import type { Quarantine, VersionHealth } from '../../core/ports/version-health.ts';
import type { findBaselineJob, startBaseline } from '../../core/usecases/baselines/start-baseline.ts';
import type { startRollback, startRollout } from '../../core/usecases/change-champion.ts';
import type { createUpload } from '../../core/usecases/create-upload.ts';
import type { describeServices } from '../../core/usecases/describe-services.ts';
import type { exposeMetrics } from '../../core/usecases/expose-metrics.ts';
import { requireService, requireVersion } from '../../core/usecases/find-service.ts';
import type { listAlarms } from '../../core/usecases/list-alarms.ts';
import type { recordLabels } from '../../core/usecases/record-labels.ts';
import type { registerVersion } from '../../core/usecases/register-version.ts';
import { windowHtml } from '../../core/usecases/report/window-html.ts';
import type { listWindows } from '../../core/usecases/windows/list-windows.ts';
import { errorsToHttp } from '../_shared/errors-to-http.ts';
import { type HttpEvent, type HttpResult, json, page } from '../_shared/http.ts';
import { parseBody, parseValue } from '../_shared/parse-request.ts';
import { protocolFailure } from '../_shared/protocol-failure.ts';
import { readText } from '../_shared/read-body.ts';
import { readIdempotency } from './idempotency.ts';
import { indexRepository, listModels } from './repository.ts';
import { serverMetadata } from './server-metadata.ts';

export interface ControlHandlerDependencies {
  readonly registry: ModelRegistry;
  readonly quarantine: Quarantine;
  readonly services: ReturnType<typeof describeServices>;
  readonly createUpload: ReturnType<typeof createUpload>;
  readonly registerVersion: ReturnType<typeof registerVersion>;
  readonly startRollout: ReturnType<typeof startRollout>;
  readonly startRollback: ReturnType<typeof startRollback>;
  readonly recordLabels: ReturnType<typeof recordLabels>;
  readonly startBaseline: ReturnType<typeof startBaseline>;
  readonly findBaseline: ReturnType<typeof findBaselineJob>;
  readonly windows: ReturnType<typeof listWindows>;
  readonly alarms: ReturnType<typeof listAlarms>;
  readonly metrics: ReturnType<typeof exposeMetrics>;
  /** Where the runbook of a kind of alarm is read. */
  readonly runbookOf: (kind: AlarmKind) => string;
  readonly sha256: (text: string) => string;
  readonly log: (error: unknown, event: HttpEvent) => void;
}

/** A request with what every route needs of it already checked. */
interface Call {
  readonly event: HttpEvent;
  readonly now: number;
  readonly service: () => string;
  readonly idempotency: (asked?: string) => Idempotency | undefined;
}

type Answer = (call: Call) => Promise<HttpResult> | HttpResult;

/** The control API, and the Open Inference Protocol's routes that concern the server as a whole. */
export function createHandler(dependencies: ControlHandlerDependencies) {
  const answers = createAnswers(dependencies);
  const handle = async (event: HttpEvent): Promise<HttpResult> => {
    const route = CONTROL_ROUTES.find((known) => known === event.routeKey);
    if (!route) throw routeNotFound(event);
    return answers[route]({
      event,
      now: event.requestContext.timeEpoch,
      service: () => parseName(event),
      idempotency: (asked) => readIdempotency(event, { sha256: dependencies.sha256, asked }),
    });
  };
  return errorsToHttp(handle, {
    log: dependencies.log,
    toResult: (failure, event) => protocolFailure(failure, event.requestContext.http.path),
  });
}

function createAnswers(dependencies: ControlHandlerDependencies): Readonly<Record<ControlRoute, Answer>> {
  const { registry, quarantine, services } = dependencies;
  return {
    'GET /v2': () => json(200, serverMetadata),
    'GET /v2/health/live': () => json(200, { live: true }),
    'GET /v2/health/ready': async () => {
      // Ready means that a request for a model could be looked up.
      await registry.findService('ready');
      return json(200, { ready: true });
    },
    'GET /metrics': async ({ now }) => ({
      statusCode: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: await dependencies.metrics({ now }),
    }),
    'GET /openapi.json': () => json(200, openApiDocument()),
    'GET /v2/models': async () => json(200, await listModels(registry)),
    'GET /v1/models': async () => json(200, await listModels(registry)),
    'POST /v2/repository/index': async ({ event }) =>
      json(200, await indexRepository(registry, parseBody(RepositoryIndexRequest, readBody(event)))),
    'GET /api/services': async () => json(200, { services: await services.list() }),
    'GET /api/services/{service}': async ({ service }) => {
      const name = service();
      const found = await services.find(name);
      return json(200, found ?? (await requireService(registry, name)));
    },
    'POST /api/services/{service}/uploads': async ({ event, service, now }) =>
      json(201, await dependencies.createUpload(service(), parseBody(UploadRequest, readBody(event)), now)),
    'GET /api/services/{service}/versions': async ({ service }) => {
      const name = service();
      const versions = await registry.listVersions(name);
      if (versions.length === 0) await requireService(registry, name);
      return json(200, { versions });
    },
    'POST /api/services/{service}/versions': async ({ event, service, now, idempotency }) => {
      const request = parseBody(RegisterRequest, readBody(event));
      const known = idempotency(JSON.stringify(withoutUploads(request)));
      return json(201, await dependencies.registerVersion(service(), request, { now, idempotency: known }));
    },
    'GET /api/services/{service}/versions/{version}': async ({ event, service }) =>
      json(200, await requireVersion(registry, service(), parseVersion(event))),
    'GET /api/services/{service}/quarantine': async ({ service }) => {
      const { service: name } = await requireService(registry, service());
      return json(200, { quarantined: (await quarantine.list(name)).map(toQuarantined) });
    },
    'DELETE /api/services/{service}/versions/{version}/quarantine': async ({ event, service, now }) => {
      const { service: name, version } = await requireVersion(registry, service(), parseVersion(event));
      await quarantine.release(name, version, { now });
      return json(200, { service: name, version, releasedAt: new Date(now).toISOString() } satisfies QuarantineRelease);
    },
    'GET /api/services/{service}/rollouts': async ({ service }) => {
      const { service: name } = await requireService(registry, service());
      return json(200, { rollouts: await registry.listRollouts(name) });
    },
    'POST /api/services/{service}/rollouts': async ({ event, service, now, idempotency }) => {
      const request = parseBody(RolloutRequest, readBody(event));
      return json(201, await dependencies.startRollout(service(), request, { now, idempotency: idempotency() }));
    },
    'GET /api/services/{service}/rollouts/{id}': async ({ event, service }) => {
      const id = event.pathParameters?.['id'] ?? '';
      const rollout = ROLLOUT_ID.test(id) ? await registry.findRollout(service(), id) : undefined;
      if (!rollout) throw rolloutNotFound(service(), id);
      return json(200, rollout);
    },
    'POST /api/services/{service}/rollback': async ({ service, now, idempotency }) =>
      json(201, await dependencies.startRollback(service(), { now, idempotency: idempotency() })),
    'POST /api/services/{service}/labels': async ({ event, service, now }) =>
      json(200, await dependencies.recordLabels(service(), parseBody(LabelBatch, readBody(event)), { now })),
    'GET /api/services/{service}/alarms': async ({ service }) => json(200, await dependencies.alarms(service())),
    'POST /api/services/{service}/versions/{version}/baseline': async ({ event, service, now }) => {
      const request = parseBody(BaselineRequest, readBody(event));
      return json(202, await dependencies.startBaseline(service(), parseVersion(event), { ...request, now }));
    },
    'GET /api/services/{service}/versions/{version}/baseline': async ({ event, service }) =>
      json(200, await dependencies.findBaseline(service(), parseVersion(event))),
    'GET /api/services/{service}/windows': async ({ event, service }) =>
      json(200, await dependencies.windows.list(service(), parseValue(WindowQuery, event.queryStringParameters ?? {}))),
    'GET /api/services/{service}/windows/{id}': async ({ event, service }) => {
      const { revision, format } = parseValue(WindowRevision, event.queryStringParameters ?? {});
      const report = await dependencies.windows.find(service(), event.pathParameters?.['id'] ?? '', revision);
      const asked = format ?? (/\btext\/html\b/.test(event.headers['accept'] ?? '') ? 'html' : 'json');
      return asked === 'html'
        ? page(windowHtml(report, { runbook: dependencies.runbookOf('drift') }))
        : json(200, report);
    },
  };
}

/** Who registers again uploads again: what is asked is the content, wherever it lies. */
const withoutUploads = ({ uploadId: _, externalData, baseline, ...request }: RegisterRequest) => ({
  ...request,
  baseline: typeof baseline === 'object' ? { ...baseline, uploadId: undefined } : baseline,
  externalData: externalData?.map(({ location, sha256 }) => ({ location, sha256 })),
});

const toQuarantined = ({
  version,
  crashes,
  lastCrashAt,
  reason,
  quarantinedAt,
}: VersionHealth): QuarantinedVersion => ({
  version,
  crashes,
  since: quarantinedAt ?? lastCrashAt,
  reason,
});

const readBody = (event: HttpEvent): string => readText(event, CONTROL_BODY_LIMIT_BYTES);

function parseName(event: HttpEvent): string {
  const name = event.pathParameters?.['service'] ?? '';
  if (ServiceName.safeParse(name).success) return name;
  throw new PlatformError('registry.name_invalid', {
    message: `${JSON.stringify(name)} is not a service name: 1 to 63 letters, digits, "-" or "_", starting with a letter or digit`,
    details: { name },
  });
}

function parseVersion(event: HttpEvent): number {
  const text = event.pathParameters?.['version'] ?? '';
  // Number() would also take 0x1, 1e0 and a space.
  if (/^\d+$/.test(text)) return parseValue(VersionNumber, Number(text));
  const problem = `${JSON.stringify(text)} is not a version: versions are numbers from 1`;
  throw new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
}

/** A registry may refuse to look for a longer id, which no rollout has. */
const ROLLOUT_ID = /^[A-Za-z0-9-]{1,100}$/;

const routeNotFound = (event: HttpEvent) => {
  const { method, path } = event.requestContext.http;
  return new PlatformError('request.route_not_found', {
    message: `there is nothing at ${method} ${path}`,
    details: { method, path },
  });
};

const rolloutNotFound = (service: string, id: string) =>
  new PlatformError('rollout.not_found', {
    message: `${service} has no rollout ${JSON.stringify(id)}; GET /api/services/${service}/rollouts lists them`,
    details: { service, id },
  });
