import * as z from 'zod';
import { DATATYPES } from '../domain/inference/datatype.ts';
import { EXTERNAL_FILES_LIMIT } from './limits.ts';
import { ServiceName } from './service-name.ts';
import { VERSION_LIMIT } from './version-number.ts';

/** The control API's JSON: requests are strict (an unknown field is a mistake), answers are what clients may rely on. */

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 is 64 lower-case hexadecimal digits');
/** Becomes part of an object key, so it must not walk to another one. */
const UploadId = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'an upload id is what POST .../uploads answered');
export const VersionNumber = z.number().int().min(1).max(VERSION_LIMIT);
const Instant = z.iso.datetime();

export const Dimension = z.union([z.number().int().min(0), z.string(), z.null()]);
export const TensorSignature = z.object({
  name: z.string(),
  datatype: z.enum(DATATYPES),
  shape: z.array(Dimension),
  anyRank: z.literal(true).optional(),
});
export const ModelSignature = z.object({ inputs: z.array(TensorSignature), outputs: z.array(TensorSignature) });

const LINEAGE_LIMIT_CHARACTERS = 16_384;

/**
 * Where a version came from. Every field is free to be absent, and more may be added: hyperparameters, row counts, how the
 * data was split. A dataset is named by digest so that it can be proven later.
 */
export const Lineage = z
  .object({
    datasetDigest: z.string().max(200).optional(),
    codeCommit: z.string().max(200).optional(),
    trainingJob: z.string().max(400).optional(),
    parentVersion: VersionNumber.optional(),
  })
  .catchall(z.json())
  .refine((lineage) => JSON.stringify(lineage).length <= LINEAGE_LIMIT_CHARACTERS, {
    message: `at most ${LINEAGE_LIMIT_CHARACTERS} characters of lineage`,
  });
export type Lineage = z.infer<typeof Lineage>;

/** Metrics by name. JSON has no NaN: a metric that could not be computed is left out, never null. */
export const Metrics = z.record(z.string().min(1).max(100), z.number()).refine((m) => Object.keys(m).length <= 200, {
  message: 'at most 200 metrics',
});

/** POST /api/services/{service}/uploads */
export const UploadRequest = z.strictObject({ sha256: Sha256.optional(), bytes: z.number().int().min(1).optional() });
export type UploadRequest = z.infer<typeof UploadRequest>;

export const UploadAnswer = z.object({
  uploadId: z.string(),
  /** Pre-signed: `PUT` the file's bytes here. */
  url: z.string(),
  method: z.literal('PUT'),
  expiresAt: Instant,
  maxBytes: z.number().int(),
});
export type UploadAnswer = z.infer<typeof UploadAnswer>;

/** A file of weights beside the model, uploaded as the model itself is. */
const ExternalDataUpload = z.strictObject({
  /** As the model names it. */
  location: z.string().min(1).max(500),
  sha256: Sha256,
  uploadId: UploadId,
});

/** The rows that a version's traffic is compared with, as they were uploaded: mostly its training set. */
export const BaselineUpload = z.strictObject({
  uploadId: UploadId,
  /** sha256 of the uploaded file. */
  sha256: Sha256,
  /** CSV with a header row, or one JSON object a line. */
  format: z.enum(['csv', 'jsonlines']),
  /** Column with the time of each row: ISO 8601, or seconds or milliseconds since 1970. */
  time: z.string().min(1).max(256).optional(),
  /** Columns that are no features; needed where the model does not name its own. */
  ignore: z.array(z.string().min(1).max(256)).max(1_000).optional(),
  /** `time`: rows follow one another as they came about, so that windows of them show how windows vary. `none`: they do not. */
  order: z.enum(['time', 'none']).default('time'),
});
export type BaselineUpload = z.infer<typeof BaselineUpload>;

/** POST /api/services/{service}/versions */
export const RegisterRequest = z.strictObject({
  /** sha256 of the uploaded file. */
  sha256: Sha256,
  /** The upload that holds it; without it the service's waiting uploads are searched for the sha256. */
  uploadId: UploadId.optional(),
  /** The files that hold the model's weights where the model itself does not (TensorProto's external data). */
  externalData: z
    .array(ExternalDataUpload)
    .max(EXTERNAL_FILES_LIMIT)
    .refine((files) => new Set(files.map(({ location }) => location)).size === files.length, {
      message: 'each location once',
    })
    .optional(),
  metrics: Metrics.optional(),
  lineage: Lineage.optional(),
  /** Corrections to what the ONNX file says of a tensor's dimensions, by tensor name. */
  signature: z.record(z.string(), z.strictObject({ shape: z.array(Dimension) })).optional(),
  /** What the version's traffic is compared with: an uploaded data set, or the folder of a baseline that is there already. */
  baseline: z.union([BaselineUpload, z.string().min(1).max(1024)]).optional(),
});
export type RegisterRequest = z.infer<typeof RegisterRequest>;

/** Which runtime serves a version, as found out at registration. */
export const ExecutorVerdict = z.object({
  /** `typescript` starts without a native library; used only where its answers equal onnxruntime's. */
  name: z.enum(['typescript', 'onnxruntime']),
  /** Why onnxruntime. */
  reason: z.string().optional(),
  /** Sampled rows that were compared. */
  rows: z.number().int().optional(),
  /** Largest difference of two floats among them, relative beyond 1. */
  maxDifference: z.number().optional(),
});
export type ExecutorVerdict = z.infer<typeof ExecutorVerdict>;

/** What a model may take of the function that serves it: see the guide on admission. */
export const AdmissionBudget = z.object({
  memoryMiB: z.number().int().positive(),
  loadMs: z.number().int().positive(),
  latencyMs: z.number().int().positive(),
});

/** What was measured at registration, on ONNX Runtime in a process of its own. */
export const Admission = z.object({
  loadMs: z.number(),
  /** The most memory that the process had, ONNX Runtime included; absent where the system does not tell. */
  peakMiB: z.number().optional(),
  /** 99th percentile of one-row requests; absent where the model takes no sampled row (see `notes`). */
  p99Ms: z.number().optional(),
  /** How many one-row requests were measured. */
  calls: z.number().int(),
  /** Whether a row is answered the same alone and among others; absent where that could not be found out. */
  rowsIndependent: z.boolean().optional(),
  /** The service's, when the version was registered. */
  budget: AdmissionBudget,
});
export type Admission = z.infer<typeof Admission>;

/** One immutable version of a service's model. */
export const ModelVersion = z.object({
  service: ServiceName,
  version: VersionNumber,
  /** sha256 of the file as it was uploaded. */
  sha256: Sha256,
  bytes: z.number().int(),
  /** Files of weights that were uploaded beside it; the artifact holds them. */
  externalData: z.array(z.object({ location: z.string(), sha256: Sha256, bytes: z.number().int() })).optional(),
  /** The artifact that is served: differs from `sha256` where registration rewrote the file (see `notes`). */
  artifact: z.object({ sha256: Sha256, bytes: z.number().int(), key: z.string() }),
  signature: ModelSignature,
  /** Class labels by output, where the model states them. */
  classLabels: z.record(z.string(), z.array(z.union([z.string(), z.number()]))).optional(),
  /** The ONNX file's own metadata (producer, opset, `metadata_props`). */
  metadata: z.record(z.string(), z.string()),
  metrics: Metrics,
  lineage: Lineage,
  /** Folder of its baseline in the artifact bucket. */
  baseline: z.string().optional(),
  /** Absent: onnxruntime serves it. */
  executor: ExecutorVerdict.optional(),
  /** Absent for versions that were registered before there was an admission. */
  admission: Admission.optional(),
  /** What registration changed or could not measure, in sentences. */
  notes: z.array(z.string()),
  registeredAt: Instant,
});
export type ModelVersion = z.infer<typeof ModelVersion>;

/** What serves, and what exists. */
export const ServiceSummary = z.object({
  service: ServiceName,
  /** Whether it has a function of its own or is served by the pool. */
  declared: z.boolean(),
  champion: VersionNumber.nullable(),
  /** Aliases to versions; `champion` answers requests that name no version. */
  aliases: z.record(z.string(), VersionNumber),
  /** Share of the traffic by version, adding up to 1; empty while nothing serves. */
  weights: z.record(z.string(), z.number()),
  latestVersion: z.number().int(),
  /** Grows with every change of what serves. */
  revision: z.number().int(),
  updatedAt: Instant.nullable(),
});
export type ServiceSummary = z.infer<typeof ServiceSummary>;

export const ServiceList = z.object({ services: z.array(ServiceSummary) });
export const VersionList = z.object({ versions: z.array(ModelVersion) });

export const STRATEGIES = ['all-at-once'] as const;

/** POST /api/services/{service}/rollouts */
export const RolloutRequest = z.strictObject({
  version: VersionNumber,
  strategy: z.enum(STRATEGIES).default('all-at-once'),
});
export type RolloutRequest = z.infer<typeof RolloutRequest>;

/** One change of what serves: a rollout or a rollback. */
export const Rollout = z.object({
  id: z.string(),
  service: ServiceName,
  kind: z.enum(['rollout', 'rollback']),
  strategy: z.enum(STRATEGIES),
  /** The version that serves afterwards. */
  version: VersionNumber,
  /** The version that served before. */
  previous: VersionNumber.nullable(),
  state: z.enum(['SUCCEEDED']),
  startedAt: Instant,
  endedAt: Instant,
});
export type Rollout = z.infer<typeof Rollout>;
export const RolloutList = z.object({ rollouts: z.array(Rollout) });

/** A version that has ended its process too often to be served. */
export const QuarantinedVersion = z.object({
  version: VersionNumber,
  crashes: z.number().int(),
  since: Instant,
  /** The code of the last crash: `infer.model_crashed` or `infer.model_out_of_memory`. */
  reason: z.string(),
});
export type QuarantinedVersion = z.infer<typeof QuarantinedVersion>;
export const QuarantineList = z.object({ quarantined: z.array(QuarantinedVersion) });
/** DELETE /api/services/{service}/versions/{version}/quarantine */
export const QuarantineRelease = z.object({ service: ServiceName, version: VersionNumber, releasedAt: Instant });
export type QuarantineRelease = z.infer<typeof QuarantineRelease>;

/** Every error of the control API. */
export const ApiError = z.object({
  error: z.string(),
  code: z.string(),
  /** What a program can act on, by code: `onnx.external_data_missing` gives the `locations`. */
  details: z.record(z.string(), z.json()).optional(),
});
export type ApiError = z.infer<typeof ApiError>;
