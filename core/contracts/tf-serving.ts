import * as z from 'zod';
import type { JsonValue } from '../domain/json/parse-json.ts';
import { arrayOf, exactlyOne, Value } from './json-values.ts';
import { SIGNATURE_NAME } from './signature-name.ts';

/** TensorFlow Serving's REST API; unknown fields are ignored. Values are checked against the model, not here. */

/** POST /v1/models/{service}[/versions/{version}]:predict */
export const PredictRequest = z
  .looseObject({
    signature_name: z
      .literal(['', SIGNATURE_NAME], `signature_name must be "${SIGNATURE_NAME}" or left out`)
      .optional(),
    /** Row format: a value, or an object with a value per input, for each row. */
    instances: arrayOf<JsonValue>(() => true, { message: 'instances must be an array', items: {} }).optional(),
    /** Column format: an object with a value per input, or the value of the only one. */
    inputs: Value.optional(),
  })
  .refine(({ instances, inputs }) => (instances === undefined) !== (inputs === undefined), {
    message: 'give exactly one of "instances" and "inputs"',
  })
  .meta(exactlyOne(['instances', 'inputs']));
export type PredictRequest = z.infer<typeof PredictRequest>;

/** `predictions` answers `instances`, `outputs` answers `inputs`; one output is bare, several are objects by name. */
export const PredictResponse = z.union([z.object({ predictions: z.array(z.json()) }), z.object({ outputs: z.json() })]);

/** GET /v1/models/{service}[/versions/{version}]: TensorFlow Serving's shape, and KServe's version 1 beside it. */
export const ModelStatus = z.object({
  model_version_status: z.array(
    z.object({
      version: z.string(),
      state: z.literal('AVAILABLE'),
      status: z.object({ error_code: z.string(), error_message: z.string() }),
    }),
  ),
  name: z.string(),
  ready: z.boolean(),
});

const TensorInfo = z.object({
  name: z.string(),
  dtype: z.string(),
  tensor_shape: z.object({
    dim: z.array(z.object({ size: z.string(), name: z.string() })),
    unknown_rank: z.boolean(),
  }),
});

/** GET /v1/models/{service}[/versions/{version}]/metadata */
export const ModelMetadata = z.object({
  model_spec: z.object({ name: z.string(), signature_name: z.string(), version: z.string() }),
  metadata: z.object({
    signature_def: z.object({
      signature_def: z.record(
        z.string(),
        z.object({
          inputs: z.record(z.string(), TensorInfo),
          outputs: z.record(z.string(), TensorInfo),
          method_name: z.string(),
        }),
      ),
    }),
  }),
});
