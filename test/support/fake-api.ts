import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import type * as z from 'zod';
import {
  type ModelVersion,
  RegisterRequest,
  type Rollout,
  RolloutRequest,
  type ServiceSummary,
  UploadRequest,
} from '../../core/contracts/api.ts';

/** A small API by the contract's schemas, in memory: what the command line is tested against without a platform. */
export interface FakeApi {
  readonly url: string;
  /** All requests so far, but those for uploaded bytes. */
  readonly requests: readonly SeenRequest[];
  /** The uploads that were put. */
  readonly puts: readonly { headers: IncomingHttpHeaders; bytes: number; sha256: string }[];
  /** Answers the next requests, in order, before the API does. */
  readonly interrupt: (...answers: readonly FakeAnswer[]) => void;
  /** Answers all requests of a kind so. */
  readonly refuse: (which: Which, answer: FakeAnswer) => void;
  /** Does what the next requests of a kind ask for, and breaks the connection instead of answering. */
  readonly loseAnswers: (count: number, which: Which) => void;
  /** Wants these files beside every model that is registered. */
  readonly keepWeightsIn: (...locations: readonly string[]) => void;
  /** What inference routes answer to a body. */
  predict: (body: string, request: SeenRequest) => FakeAnswer;
  /** What is answered to labels. */
  label: (body: string) => FakeAnswer;
  /** Answers windows and alarms. */
  watch: (request: SeenRequest) => FakeAnswer;
  close(): Promise<void>;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Which = (request: SeenRequest) => boolean;

export interface FakeAnswer {
  readonly status?: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface State {
  readonly versions: Map<string, ModelVersion[]>;
  readonly champions: Map<string, number[]>;
  readonly uploads: Map<string, string>;
  readonly keys: Map<string, ModelVersion>;
  /** Files that every model keeps its weights in. */
  externalLocations: readonly string[];
}

export async function startFakeApi(): Promise<FakeApi> {
  const state: State = {
    versions: new Map(),
    champions: new Map(),
    uploads: new Map(),
    keys: new Map(),
    externalLocations: [],
  };
  const requests: SeenRequest[] = [];
  const puts: { headers: IncomingHttpHeaders; bytes: number; sha256: string }[] = [];
  const interruptions: FakeAnswer[] = [];
  const refusals: { which: Which; answer: FakeAnswer }[] = [];
  const losses: Which[] = [];
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: FakeApi = {
    url,
    requests,
    puts,
    interrupt: (...answers) => void interruptions.push(...answers),
    refuse: (which, refusal) => void refusals.push({ which, answer: refusal }),
    loseAnswers: (count, which) => void losses.push(...Array.from({ length: count }, () => which)),
    keepWeightsIn: (...locations) => {
      state.externalLocations = locations;
    },
    predict: () => ({ body: '{"predictions":[]}' }),
    watch: () => failure(404, 'registry.service_not_found', 'there is no service'),
    label: () => failure(404, 'registry.service_not_found', 'there is no service'),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path.startsWith('/storage/')) return store(request, response, path);
    const seen = { method: request.method ?? '', path, headers: request.headers, body: await readText(request) };
    requests.push(seen);
    const refusal = refusals.find(({ which }) => which(seen));
    const { status = 200, body, headers } = interruptions.shift() ?? refusal?.answer ?? answer(seen);
    if (losses[0]?.(seen)) {
      losses.shift();
      response.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  }

  async function store(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of request as AsyncIterable<Buffer>) {
      hash.update(piece);
      bytes += piece.length;
    }
    const sha256 = hash.digest('hex');
    puts.push({ headers: request.headers, bytes, sha256 });
    state.uploads.set(path.slice('/storage/'.length).split('?')[0] as string, sha256);
    response.writeHead(200).end();
  }

  function answer(seen: SeenRequest): FakeAnswer {
    if (/\/(?:windows|alarms)(?:[/?]|$)/.test(seen.path)) return api.watch(seen);
    const control = /^\/api\/services(?:\/([^/]+)(?:\/([a-z]+)(?:\/(\d+))?)?)?$/.exec(seen.path);
    if (!control) return api.predict(seen.body, seen);
    const [, service, rest, version] = control;
    if (rest === 'labels') return api.label(seen.body);
    const route = `${seen.method} ${rest ?? ''}`;
    return answerControl(state, { ...seen, service: service ?? '', route, url, version: Number(version) });
  }

  return api;
}

type ControlCall = SeenRequest & {
  readonly service: string;
  readonly route: string;
  readonly url: string;
  readonly version: number;
};

const answerControl = (state: State, call: ControlCall): FakeAnswer => {
  const { service, route } = call;
  if (route === 'GET ' && service === '') {
    return json(200, { services: [...state.versions.keys()].map((name) => summary(state, name)) });
  }
  if (route === 'POST uploads') return createUpload(call);
  if (route === 'POST versions') return register(state, call);
  const versions = state.versions.get(service);
  if (!versions) return failure(404, 'registry.service_not_found', `there is no service ${JSON.stringify(service)}`);
  if (route === 'GET ') return json(200, summary(state, service));
  if (route === 'GET versions') return call.version ? readVersion(versions, call) : json(200, { versions });
  if (route === 'POST rollouts') return rollOut(state, call);
  return rollBack(state, service);
};

const readVersion = (versions: readonly ModelVersion[], { service, version }: ControlCall): FakeAnswer => {
  const found = versions.find((candidate) => candidate.version === version);
  return found ? json(200, found) : failure(404, 'registry.version_not_found', `${service} has no version ${version}`);
};

function createUpload({ body, service, url }: ControlCall): FakeAnswer {
  const { sha256 } = parse(UploadRequest, body);
  const uploadId = `${service}-${sha256?.slice(0, 8)}`;
  const expiresAt = '2026-11-24T02:30:00.000Z';
  const target = `${url}/storage/${uploadId}?X-Amz-Signature=secret`;
  return json(201, { uploadId, url: target, method: 'PUT', expiresAt, maxBytes: 209_715_200 });
}

function register(state: State, { body, service, headers }: ControlCall): FakeAnswer {
  const { externalLocations } = state;
  const request = parse(RegisterRequest, body);
  const key = String(headers['idempotency-key']);
  const earlier = state.keys.get(key);
  if (earlier) return json(201, earlier);
  const missing = externalLocations.filter((name) => !request.externalData?.some(({ location }) => location === name));
  if (missing.length > 0)
    return json(400, {
      error: 'weights are elsewhere',
      code: 'onnx.external_data_missing',
      details: { locations: missing },
    });
  const dataset = typeof request.baseline === 'object' ? [request.baseline] : [];
  const uploads = [request, ...dataset, ...(request.externalData ?? [])];
  if (uploads.some(({ uploadId = '', sha256 }) => state.uploads.get(uploadId) !== sha256)) {
    return failure(409, 'artifact.not_uploaded', `no waiting upload has the sha256 ${request.sha256}`);
  }
  const versions = state.versions.get(service) ?? [];
  const version = toVersion(service, versions.length + 1, request);
  state.versions.set(service, [...versions, version]);
  state.keys.set(key, version);
  return json(201, version);
}

const MEASURED: ModelVersion['admission'] = {
  loadMs: 18.1,
  peakMiB: 83.4,
  p99Ms: 0.5113,
  calls: 200,
  rowsIndependent: true,
  budget: { memoryMiB: 512, loadMs: 5_000, latencyMs: 5_000 },
};

const toVersion = (service: string, version: number, request: RegisterRequest): ModelVersion => ({
  service,
  version,
  sha256: request.sha256,
  bytes: 2048,
  artifact: { sha256: request.sha256, bytes: 2048, key: `artifacts/sha256/${request.sha256}` },
  signature: {
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 30] }],
    outputs: [
      { name: 'label', datatype: 'INT64', shape: [null] },
      { name: 'probabilities', datatype: 'FP32', shape: ['N', 2] },
    ],
  },
  classLabels: { label: ['no', 'yes'] },
  metadata: { producer: 'test' },
  metrics: request.metrics ?? {},
  lineage: request.lineage ?? {},
  ...(request.baseline !== undefined && {
    baseline:
      typeof request.baseline === 'string'
        ? request.baseline
        : `baselines/${service}/sha256/${request.baseline.sha256}/`,
  }),
  // The first is older than admission.
  ...(version > 1 && { admission: MEASURED }),
  notes: ['the ZipMap at the end was removed'],
  registeredAt: '2026-11-24T02:15:09.123Z',
});

function summary(state: State, service: string): ServiceSummary {
  const champion = state.champions.get(service)?.at(-1) ?? null;
  return {
    service,
    declared: service === 'fraud',
    champion,
    aliases: champion === null ? {} : { champion },
    weights: champion === null ? {} : { [champion]: 1 },
    latestVersion: state.versions.get(service)?.length ?? 0,
    revision: 1,
    updatedAt: '2026-11-24T02:16:00.000Z',
  };
}

function rollOut(state: State, { body, service }: ControlCall): FakeAnswer {
  const { version } = parse(RolloutRequest, body);
  const champions = state.champions.get(service) ?? [];
  if (!state.versions.get(service)?.some((known) => known.version === version)) {
    return failure(404, 'registry.version_not_found', `${service} has no version ${version}`);
  }
  state.champions.set(service, [...champions, version]);
  return json(201, toRollout('rollout', { service, version, previous: champions.at(-1) ?? null }));
}

function rollBack(state: State, service: string): FakeAnswer {
  const champions = state.champions.get(service) ?? [];
  const [version, previous] = champions.slice(-2);
  if (version === undefined || previous === undefined) {
    return failure(409, 'registry.nothing_to_roll_back', `${service} has no earlier version to go back to`);
  }
  state.champions.set(service, champions.slice(0, -1));
  return json(201, toRollout('rollback', { service, version, previous }));
}

const toRollout = (kind: Rollout['kind'], change: Pick<Rollout, 'service' | 'version' | 'previous'>): Rollout => ({
  id: '0197-1',
  kind,
  strategy: 'all-at-once',
  ...change,
  state: 'SUCCEEDED',
  startedAt: '2026-11-24T02:16:00.000Z',
  endedAt: '2026-11-24T02:16:00.000Z',
});

const parse = <S extends z.ZodType>(schema: S, body: string): z.infer<S> => schema.parse(JSON.parse(body));

const json = (status: number, value: unknown): FakeAnswer => ({ status, body: JSON.stringify(value) });

/** An error as the control API answers it. */
export const failure = (status: number, code: string, error: string): FakeAnswer => json(status, { error, code });
