import {
  INFERENCE_HEADER_LENGTH_HEADER,
  MODEL_VERSION_HEADER,
  PREDICTION_ID_HEADER,
  ROUTE_KEY_HEADER,
} from '../headers.ts';
import { SAGEMAKER_HEADERS } from '../sagemaker-headers.ts';
import type { SchemaName } from './schemas.ts';

type Content = Readonly<Record<string, SchemaName | Readonly<Record<string, unknown>>>>;

/** One operation of the HTTP API, as clients see it: API Gateway's routes may hold several (see routes.ts). */
export interface Operation {
  /** `METHOD /path`, every part that varies in braces. */
  readonly route: string;
  readonly tag: string;
  readonly summary: string;
  /** By content type. */
  readonly body?: Content;
  readonly bodyOptional?: boolean;
  readonly answer: Content;
  /** @default 200 */
  readonly status?: number;
  readonly error: SchemaName;
  /** Request headers with what they do. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** What may stand behind `?`, with what it does. */
  readonly query?: Readonly<Record<string, string>>;
}

const json = (name: SchemaName): Content => ({ 'application/json': name });
const TEXT = { type: 'string' };
const BYTES = {};

const VERSION_ANSWERED = { [MODEL_VERSION_HEADER]: 'The version that answered' };
const PREDICTED = { ...VERSION_ANSWERED, [PREDICTION_ID_HEADER]: 'The id by which a label can come later' };
const CALLER = {
  'content-encoding': '"gzip" or "deflate", where the body is',
  [PREDICTION_ID_HEADER]: 'The caller’s own id of the prediction',
  [ROUTE_KEY_HEADER]:
    'Who asks by the same key is answered by the same side of a split; without it the prediction id decides',
};
const IDEMPOTENCY = { 'idempotency-key': 'Makes a repeat harmless' };

type Brief = Pick<Operation, 'summary' | 'answer'> & Partial<Operation>;

const operation = (tag: string, error: SchemaName) => (route: string, rest: Brief) => ({ route, tag, error, ...rest });

const control = operation('Control', 'ApiError');
const open = operation('Open Inference Protocol', 'ApiError');
const sageMaker = operation('SageMaker runtime', 'RuntimeError');
const tensorFlow = operation('TensorFlow Serving', 'ApiError');
const mlflow = operation('MLflow scoring', 'ScoringError');

/** The same for the version that serves and for one by its number. */
const versioned = (service: string, make: (base: string, which: string) => Operation[]): Operation[] => [
  ...make(service, 'the version that serves'),
  ...make(`${service}/versions/{version}`, 'one version'),
];

const INFER: Pick<Operation, 'body' | 'answer'> = {
  body: { 'application/json': 'InferRequest', 'application/octet-stream': BYTES },
  answer: { 'application/json': 'InferResponse', 'application/octet-stream': BYTES },
};
const LENGTH = 'How many bytes of the body are JSON; tensors in binary follow';

export const OPERATIONS: readonly Operation[] = [
  control('GET /openapi.json', { summary: 'This document', answer: json('OpenApiDocument') }),
  control('GET /api/services', { summary: 'What exists and what serves', answer: json('ServiceList') }),
  control('GET /api/services/{service}', { summary: 'One service', answer: json('ServiceSummary') }),
  control('POST /api/services/{service}/uploads', {
    summary: 'A pre-signed URL for a model file',
    body: json('UploadRequest'),
    bodyOptional: true,
    answer: json('UploadAnswer'),
    status: 201,
  }),
  control('GET /api/services/{service}/versions', { summary: 'Versions, newest first', answer: json('VersionList') }),
  control('POST /api/services/{service}/versions', {
    summary: 'Register an uploaded file as the next version',
    body: json('RegisterRequest'),
    headers: IDEMPOTENCY,
    answer: json('ModelVersion'),
    status: 201,
  }),
  control('GET /api/services/{service}/versions/{version}', { summary: 'One version', answer: json('ModelVersion') }),
  control('GET /api/services/{service}/versions/{version}/baseline', {
    summary: 'The baseline of captures that was asked for last: whether it is made, and of how many rows',
    answer: json('BaselineJob'),
  }),
  control('POST /api/services/{service}/versions/{version}/baseline', {
    summary: 'Have a baseline made of what was captured of a version in a span of time',
    body: json('BaselineRequest'),
    answer: json('BaselineJob'),
    status: 202,
  }),
  control('GET /api/services/{service}/quarantine', {
    summary: 'Versions that are not served because they kept ending their process',
    answer: json('QuarantineList'),
  }),
  control('DELETE /api/services/{service}/versions/{version}/quarantine', {
    summary: 'Let a quarantined version be served again',
    answer: json('QuarantineRelease'),
  }),
  control('GET /api/services/{service}/rollouts', { summary: 'Rollouts, newest first', answer: json('RolloutList') }),
  control('POST /api/services/{service}/rollouts', {
    summary: 'Let a version serve',
    body: json('RolloutRequest'),
    headers: IDEMPOTENCY,
    answer: json('Rollout'),
    status: 201,
  }),
  control('GET /api/services/{service}/rollouts/{id}', { summary: 'One rollout', answer: json('Rollout') }),
  control('POST /api/services/{service}/rollback', {
    summary: 'Let the version that served before serve again',
    headers: IDEMPOTENCY,
    answer: json('Rollout'),
    status: 201,
  }),
  control('POST /api/services/{service}/labels', {
    summary: 'What turned out to be true of predictions, by prediction id',
    body: json('LabelBatch'),
    answer: json('LabelReport'),
  }),
  control('GET /api/services/{service}/alarms', {
    summary: 'Alarms, with how often each goes off though nothing is wrong',
    answer: json('AlarmList'),
  }),
  control('GET /api/services/{service}/windows', {
    summary: 'Evaluated windows, newest first',
    query: { series: 'window, day or week', version: 'of this version', before: 'to go on', limit: '1 to 200' },
    answer: json('WindowList'),
  }),
  control('GET /api/services/{service}/windows/{id}', {
    summary: 'What was found in one window: drift, data quality, performance, bias',
    query: { revision: 'an earlier one', format: 'json, or html for a page to read' },
    answer: { ...json('WindowReport'), 'text/html': TEXT },
  }),

  control('GET /metrics', {
    summary: 'What monitors found and alarms say, as Prometheus scrapes it',
    answer: { 'text/plain': TEXT },
  }),

  open('GET /v2', { summary: 'The server and its extensions', answer: json('ServerMetadata') }),
  open('GET /v2/health/live', { summary: 'Whether the server runs', answer: json('ServerLive') }),
  open('GET /v2/health/ready', { summary: 'Whether models can be looked up', answer: json('ServerReady') }),
  open('GET /v2/models', { summary: 'Names of all models', answer: json('ModelList') }),
  open('GET /v2/models/stats', {
    summary: 'What the answering process of the pool has counted',
    answer: json('StatisticsAnswer'),
  }),
  ...versioned('/v2/models/{service}', (base, which) => [
    open(`GET ${base}`, {
      summary: `Inputs and outputs of ${which}`,
      answer: json('ModelMetadata'),
      answerHeaders: VERSION_ANSWERED,
    }),
    open(`GET ${base}/ready`, {
      summary: `Loads ${which}`,
      answer: json('ModelReady'),
      answerHeaders: VERSION_ANSWERED,
    }),
    open(`GET ${base}/stats`, {
      summary: `What the answering process has counted of ${which === 'one version' ? which : 'all versions'}`,
      answer: json('StatisticsAnswer'),
    }),
    open(`POST ${base}/infer`, {
      ...INFER,
      summary: `Inference by ${which}`,
      headers: { ...CALLER, [INFERENCE_HEADER_LENGTH_HEADER]: LENGTH },
      answerHeaders: { ...PREDICTED, [INFERENCE_HEADER_LENGTH_HEADER]: LENGTH },
    }),
  ]),
  open('POST /v2/repository/index', {
    summary: 'The version of each model that serves',
    body: json('RepositoryIndexRequest'),
    bodyOptional: true,
    answer: json('RepositoryIndex'),
  }),
  ...(['load', 'unload'] as const).map((verb) =>
    open(`POST /v2/repository/models/{service}/${verb}`, {
      summary:
        verb === 'load'
          ? 'Brings the version that serves into memory'
          : 'Gives its memory back until it is asked again',
      body: json('RepositoryModelRequest'),
      bodyOptional: true,
      answer: json('RepositoryModelAnswer'),
      answerHeaders: VERSION_ANSWERED,
    }),
  ),

  sageMaker('POST /endpoints/{service}/invocations', {
    summary: 'InvokeEndpoint',
    body: {
      'application/json': 'InvokeRequest',
      'text/csv': TEXT,
      'application/jsonlines': TEXT,
    },
    answer: { 'application/json': 'InvokeResponse', 'text/csv': TEXT, 'application/jsonlines': TEXT },
    headers: {
      ...CALLER,
      [SAGEMAKER_HEADERS.inferenceId]: 'The caller’s own id of the prediction',
      [SAGEMAKER_HEADERS.targetVariant]: '"champion", or the number of a version',
      [SAGEMAKER_HEADERS.customAttributes]: 'Given back as it came',
    },
    answerHeaders: {
      ...PREDICTED,
      [SAGEMAKER_HEADERS.invokedVariant]: 'The variant that answered',
      [SAGEMAKER_HEADERS.customAttributes]: 'What the request had',
    },
  }),

  tensorFlow('GET /v1/models', { summary: 'Names of all models', answer: json('ModelList') }),
  ...versioned('/v1/models/{service}', (base, which) => [
    tensorFlow(`GET ${base}`, {
      summary: `Loads ${which} and tells its state`,
      answer: json('TensorFlowModelStatus'),
      answerHeaders: VERSION_ANSWERED,
    }),
    tensorFlow(`GET ${base}/metadata`, {
      summary: `Inputs and outputs of ${which}`,
      answer: json('TensorFlowModelMetadata'),
      answerHeaders: VERSION_ANSWERED,
    }),
    tensorFlow(`POST ${base}:predict`, {
      summary: `Inference by ${which}`,
      body: json('PredictRequest'),
      headers: CALLER,
      answer: json('PredictResponse'),
      answerHeaders: PREDICTED,
    }),
  ]),

  mlflow('POST /models/{service}/invocations', {
    summary: 'Scoring',
    body: { 'application/json': 'ScoringRequest', 'text/csv': TEXT },
    headers: CALLER,
    answer: json('ScoringResponse'),
    answerHeaders: PREDICTED,
  }),
];
