import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { AlarmList } from '../../core/contracts/alarms.ts';
import {
  ModelVersion,
  type QuarantinedVersion,
  QuarantineList,
  QuarantineRelease,
  type RegisterRequest,
  Rollout,
  RolloutList,
  type RolloutRequest,
  ServiceList,
  ServiceSummary,
  UploadAnswer,
  type UploadRequest,
  VersionList,
} from '../../core/contracts/api.ts';
import { BaselineJob, type BaselineRequest } from '../../core/contracts/baselines.ts';
import { MODEL_VERSION_HEADER, PREDICTION_ID_HEADER } from '../../core/contracts/headers.ts';
import { type LabelInput, LabelReport } from '../../core/contracts/labels.ts';
import { type Series, WindowList, WindowReport } from '../../core/contracts/windows.ts';
import { ApiFailure } from './api-failure.ts';
import type { ModelSource, OnProgress } from './model-source.ts';
import { type BaselineSource, type RegistrationCalls, registerModel } from './register-model.ts';
import { RETRY_DELAYS_MS, withRetries } from './retry.ts';
import { createSend, type Sign } from './send.ts';
import { uploadModel } from './upload-model.ts';

export interface KeelsonClientOptions {
  /** Base URL of the API, for example `http://127.0.0.1:8080`. */
  readonly url: string;
  /** @default the platform's `fetch` */
  readonly fetch?: typeof fetch;
  /** How requests are authorized. @default - they are not */
  readonly sign?: Sign | undefined;
  /** How long to wait before each further attempt after a passing failure. @default 200, 400 and 800 ms */
  readonly retryDelaysMs?: readonly number[];
}

/** A model to register, and what is known of it. */
export type Registration = Omit<RegisterRequest, 'sha256' | 'uploadId' | 'externalData' | 'baseline'> & {
  /** Repeating a registration with the same key gives the same version. @default - a new key for each call */
  readonly idempotencyKey?: string;
  readonly onHashProgress?: OnProgress;
  readonly onUploadProgress?: OnProgress;
  /** Files of weights by the location that the model names. @default - they are looked for beside the model's file */
  readonly externalData?: Readonly<Record<string, ModelSource>>;
  /** What its traffic is compared with: a data set to upload, or the folder of a baseline that is there already. */
  readonly baseline?: BaselineSource | string;
};

/** An inference answer as the server wrote it: parsing it as plain JSON would lose NaN and the digits of large integers. */
export interface InferenceAnswer {
  readonly text: string;
  readonly contentType: string;
  /** The version that answered. */
  readonly modelVersion: string | undefined;
  readonly predictionId: string | undefined;
}

export type KeelsonClient = ReturnType<typeof createKeelsonClient>;

/** Every method throws ApiFailure where the API refuses or fails, and ConnectionFailure where it does not answer. */
export function createKeelsonClient({
  url,
  fetch: send = fetch,
  sign,
  retryDelaysMs = RETRY_DELAYS_MS,
}: KeelsonClientOptions) {
  const call = createCall({ url, fetch: send, sign, retryDelaysMs });

  const createUpload = (service: string, request: UploadRequest = {}): Promise<UploadAnswer> =>
    call.json(UploadAnswer, 'POST', `${pathOf(service)}/uploads`, { body: request });

  const upload = (target: Pick<UploadAnswer, 'url'>, source: ModelSource, onProgress?: OnProgress): Promise<void> =>
    withRetries(() => uploadModel(target.url, source, { fetch: send, onProgress }), retryDelaysMs);

  return {
    services: async (): Promise<ServiceSummary[]> => (await call.json(ServiceList, 'GET', '/api/services')).services,

    service: (service: string): Promise<ServiceSummary> => call.json(ServiceSummary, 'GET', pathOf(service)),

    /** A URL to put one model to. */
    createUpload,

    /** Puts a model to the URL of `createUpload`. */
    upload,

    /** Uploads a model and registers it as the service's next version. */
    async register(service: string, source: ModelSource, registration: Registration = {}): Promise<ModelVersion> {
      const {
        idempotencyKey = randomUUID(),
        onHashProgress,
        onUploadProgress,
        externalData,
        baseline,
        ...rest
      } = registration;
      const known = typeof baseline === 'string' ? { ...rest, baseline } : rest;
      const calls: RegistrationCalls = {
        createUpload: (request) => createUpload(service, request),
        upload,
        register: (body, key) =>
          call.json(ModelVersion, 'POST', `${pathOf(service)}/versions`, { body, idempotencyKey: key }),
      };
      const dataset = typeof baseline === 'string' ? undefined : baseline;
      const options = { idempotencyKey, onHashProgress, onUploadProgress, externalData, baseline: dataset };
      return registerModel(calls, source, { known, options });
    },

    /** All versions of a service. */
    versions: async (service: string): Promise<ModelVersion[]> =>
      (await call.json(VersionList, 'GET', `${pathOf(service)}/versions`)).versions,

    version: (service: string, version: number): Promise<ModelVersion> =>
      call.json(ModelVersion, 'GET', `${pathOf(service)}/versions/${version}`),

    /** Makes a version serve. */
    rollout: (
      service: string,
      version: number,
      { strategy = 'all-at-once', idempotencyKey = randomUUID() }: RolloutOptions = {},
    ): Promise<Rollout> =>
      call.json(Rollout, 'POST', `${pathOf(service)}/rollouts`, { body: { version, strategy }, idempotencyKey }),

    /** Makes the version serve that served before. */
    rollback: (
      service: string,
      { idempotencyKey = randomUUID() }: { idempotencyKey?: string } = {},
    ): Promise<Rollout> => call.json(Rollout, 'POST', `${pathOf(service)}/rollback`, { idempotencyKey }),

    /** All rollouts and rollbacks of a service. */
    rollouts: async (service: string): Promise<Rollout[]> =>
      (await call.json(RolloutList, 'GET', `${pathOf(service)}/rollouts`)).rollouts,

    /** Versions that are not served because they kept ending their process. */
    quarantined: async (service: string): Promise<QuarantinedVersion[]> =>
      (await call.json(QuarantineList, 'GET', `${pathOf(service)}/quarantine`)).quarantined,

    /** Lets a quarantined version be served again. */
    releaseQuarantine: (service: string, version: number): Promise<QuarantineRelease> =>
      call.json(QuarantineRelease, 'DELETE', `${pathOf(service)}/versions/${version}/quarantine`),

    /** Tells what turned out to be true of predictions, at most 1,000 at once. Repeating it changes nothing. */
    label: (service: string, labels: readonly LabelInput[]): Promise<LabelReport> =>
      call.json(LabelReport, 'POST', `${pathOf(service)}/labels`, { body: labels }),

    /** Has a baseline made of what was captured of a version in a span of time. Asking again for the same span gives the same one. */
    makeBaseline: (service: string, version: number, request: z.input<typeof BaselineRequest>): Promise<BaselineJob> =>
      call.json(BaselineJob, 'POST', `${pathOf(service)}/versions/${version}/baseline`, { body: request }),

    /** The baseline of captures that was asked for last. */
    baseline: (service: string, version: number): Promise<BaselineJob> =>
      call.json(BaselineJob, 'GET', `${pathOf(service)}/versions/${version}/baseline`),

    /** Windows of a service that were evaluated, newest first. */
    windows: (service: string, query: WindowsQuery = {}): Promise<WindowList> =>
      call.json(WindowList, 'GET', `${pathOf(service)}/windows${queryOf(query)}`),

    /** What was found in one window, as it is known now or as an earlier revision told it. */
    window: (service: string, id: string, { revision }: { revision?: number } = {}): Promise<WindowReport> =>
      call.json(WindowReport, 'GET', `${windowPath(service, id)}${queryOf({ revision })}`),

    /** The same as a page of HTML that needs nothing else. */
    windowPage: (service: string, id: string): Promise<string> =>
      call.text('GET', `${windowPath(service, id)}?format=html`, 'text/html'),

    /** Alarms of a service, and how often each is expected to be wrong. */
    alarms: (service: string): Promise<AlarmList> => call.json(AlarmList, 'GET', `${pathOf(service)}/alarms`),

    /** Predicts by the Open Inference Protocol. `request` is its JSON text, `NaN` and large integers included. */
    infer: (service: string, request: string, { version }: { version?: number | undefined } = {}) =>
      call.inference(
        `/v2/models/${encodeURIComponent(service)}${version === undefined ? '' : `/versions/${version}`}/infer`,
        request,
        { contentType: 'application/json', accept: 'application/json' },
      ),

    /** Predicts as SageMaker's InvokeEndpoint does, with the version that serves. */
    invoke: (service: string, body: string, types: { contentType: string; accept?: string }) =>
      call.inference(`/endpoints/${encodeURIComponent(service)}/invocations`, body, types),
  };
}

interface RolloutOptions {
  readonly strategy?: RolloutRequest['strategy'];
  readonly idempotencyKey?: string;
}

interface WindowsQuery {
  /** @default - all three */
  readonly series?: Series | undefined;
  readonly version?: number | undefined;
  /** At most 200. @default 50 */
  readonly limit?: number | undefined;
  /** What an earlier answer gave as `before`. */
  readonly before?: string | undefined;
}

function queryOf(query: Readonly<Record<string, string | number | undefined>> | WindowsQuery): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search}`;
}

const windowPath = (service: string, id: string): string => `${pathOf(service)}/windows/${encodeURIComponent(id)}`;

const pathOf = (service: string): string => `/api/services/${encodeURIComponent(service)}`;

function createCall(connection: Parameters<typeof createSend>[0]) {
  const send = createSend(connection);
  return {
    async json<S extends z.ZodType>(
      schema: S,
      method: 'GET' | 'POST' | 'DELETE',
      path: string,
      { body, idempotencyKey }: { body?: object; idempotencyKey?: string } = {},
    ): Promise<z.infer<S>> {
      const { text } = await send({
        method,
        path,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        },
      });
      return parseAnswer(schema, text, `${method} ${path}`);
    },
    text: async (method: 'GET', path: string, accept: string): Promise<string> =>
      (await send({ method, path, headers: { accept } })).text,
    async inference(
      path: string,
      body: string,
      { contentType, accept = contentType }: { contentType: string; accept?: string },
    ): Promise<InferenceAnswer> {
      const answer = await send({ method: 'POST', path, body, headers: { 'content-type': contentType, accept } });
      return {
        text: answer.text,
        contentType: answer.headers.get('content-type') ?? '',
        modelVersion: answer.headers.get(MODEL_VERSION_HEADER) ?? undefined,
        predictionId: answer.headers.get(PREDICTION_ID_HEADER) ?? undefined,
      };
    },
  };
}

/** An answer that is not what the contract says comes from something else: a proxy, another program on the port. */
function parseAnswer<S extends z.ZodType>(schema: S, text: string, request: string): z.infer<S> {
  const parsed = schema.safeParse(tryParse(text));
  if (parsed.success) return parsed.data;
  const [problem] = parsed.error.issues;
  throw new ApiFailure(
    `the answer to ${request} is not Keelson's${problem ? ` (${problem.path.join('.') || 'body'}: ${problem.message})` : ''}; is this the right URL?`,
    { status: 200, code: 'client.unexpected_answer' },
  );
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON at all fails every schema, and so gets the same message as JSON of another shape.
    return undefined;
  }
}
