import * as z from 'zod';
import { DATATYPES } from '../domain/inference/datatype.ts';
import type { JsonValue } from '../domain/json/parse-json.ts';

/** Open Inference Protocol v2 and its extensions. Unknown fields and parameters are ignored, as the protocol demands. */

export const OPEN_INFERENCE_EXTENSIONS = ['binary_tensor_data', 'model_repository', 'statistics'] as const;

/** `data` is checked element by element against the datatype, not here: it may hold a million values. */
const Data = z.custom<JsonValue>((value) => value !== undefined, 'data is missing');

/**
 * An array of at most `limit` elements, counted before they are looked at: a body of two million mistakes would otherwise
 * become two million problems, and more memory than a function has.
 */
const atMost = <S extends z.ZodType>(limit: number, element: S) =>
  z.preprocess((value, context) => {
    if (!Array.isArray(value) || value.length <= limit) return value;
    context.addIssue(`at most ${limit} elements are taken, got ${value.length}`);
    return z.NEVER;
  }, z.array(element));

const TENSOR_LIMIT = 10_000;
const RANK_LIMIT = 64;

const ByteCount = z.number().int().min(0);
const Name = z.string().min(1);

export const RequestInput = z
  .looseObject({
    name: Name,
    shape: atMost(RANK_LIMIT, z.number().int().min(0)),
    datatype: z.enum(DATATYPES),
    parameters: z
      .looseObject({
        /** The tensor's bytes follow the JSON, so many; `data` is then absent. */
        binary_data_size: ByteCount.optional(),
      })
      .optional(),
    data: Data.optional(),
  })
  // Checked here, so that all that is wrong with a request is told at once.
  .superRefine(({ data, parameters }, context) => {
    const isBinary = parameters?.binary_data_size !== undefined;
    if (data === undefined && !isBinary)
      context.addIssue({ code: 'custom', path: ['data'], message: 'data is missing' });
    if (data !== undefined && isBinary)
      context.addIssue({ code: 'custom', path: ['data'], message: 'give data or binary_data_size, not both' });
  });

const RequestOutput = z.looseObject({
  name: z.string(),
  parameters: z.looseObject({ binary_data: z.boolean().optional() }).optional(),
});

/** POST /v2/models/{service}[/versions/{version}]/infer */
export const InferRequest = z.looseObject({
  id: z.string().max(256).optional(),
  parameters: z.looseObject({ binary_data_output: z.boolean().optional() }).optional(),
  inputs: atMost(TENSOR_LIMIT, RequestInput),
  outputs: atMost(TENSOR_LIMIT, RequestOutput).optional(),
});
export type InferRequest = z.infer<typeof InferRequest>;

export const ResponseOutput = z.object({
  name: Name,
  datatype: z.enum(DATATYPES),
  shape: z.array(z.number().int().min(0)),
  parameters: z.object({ binary_data_size: ByteCount }).optional(),
  data: z.array(z.json()).optional(),
});
export const InferResponse = z.object({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  outputs: z.array(ResponseOutput),
});

/** GET /v2 */
export const ServerMetadata = z.object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) });
export const ServerLive = z.object({ live: z.boolean() });
export const ServerReady = z.object({ ready: z.boolean() });

const TensorMetadata = z.object({
  name: z.string(),
  datatype: z.enum(DATATYPES),
  /** −1 for a variable dimension. */
  shape: z.array(z.number().int().min(-1)),
});

/** GET /v2/models/{service}[/versions/{version}] */
export const ModelMetadata = z.object({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(TensorMetadata),
  outputs: z.array(TensorMetadata),
});
export const ModelReady = z.object({ name: z.string(), version: z.string(), ready: z.boolean() });

/** GET /v2/models, GET /v1/models */
export const ModelList = z.object({ models: z.array(z.string()) });

/** POST /v2/repository/index */
export const RepositoryIndexRequest = z.looseObject({ ready: z.boolean().optional() });
export const RepositoryIndex = z.array(
  z.object({
    name: z.string(),
    version: z.string().optional(),
    state: z.enum(['READY', 'UNAVAILABLE']),
    reason: z.string(),
  }),
);
export type RepositoryIndex = z.infer<typeof RepositoryIndex>;

/** POST /v2/repository/models/{service}/load and /unload: parameters are ignored. */
export const RepositoryModelRequest = z.looseObject({});

const Duration = z.object({ count: z.number().int(), ns: z.number().int() });
export const ModelStatistics = z.object({
  name: z.string(),
  version: z.string(),
  /** Milliseconds since the epoch. */
  last_inference: z.number().int(),
  inference_count: z.number().int(),
  execution_count: z.number().int(),
  inference_stats: z.object({
    success: Duration,
    fail: Duration,
    queue: Duration,
    compute_input: Duration,
    compute_infer: Duration,
    compute_output: Duration,
    cache_hit: Duration,
    cache_miss: Duration,
  }),
  batch_stats: z.array(
    z.object({
      batch_size: z.number().int(),
      compute_input: Duration,
      compute_infer: Duration,
      compute_output: Duration,
    }),
  ),
});
export type ModelStatistics = z.infer<typeof ModelStatistics>;

/** GET /v2/models[/{service}[/versions/{version}]]/stats: what the answering process has counted since it started. */
export const StatisticsAnswer = z.object({
  model_stats: z.array(ModelStatistics),
  scope: z.literal('process'),
  since: z.iso.datetime(),
});
