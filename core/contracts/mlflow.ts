import * as z from 'zod';
import type { JsonValue } from '../domain/json/parse-json.ts';
import { arrayOf, exactlyOne, Value } from './json-values.ts';

/** MLflow's scoring protocol; unknown fields and `params` are ignored. Values are checked against the model, not here. */

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const Columns = arrayOf<string | number>((value) => typeof value === 'string' || typeof value === 'number', {
  message: 'columns must be an array of names',
  items: { type: ['string', 'number'] },
});
const Rows = arrayOf<JsonValue[]>(Array.isArray, {
  message: 'data must be an array of rows, each an array of values',
  items: { type: 'array' },
});
const Records = arrayOf<{ [column: string]: JsonValue }>(isObject, {
  message: 'dataframe_records must be an array of objects, each of values by column',
  items: { type: 'object' },
});

const KINDS = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;

/** POST /models/{service}/invocations */
export const ScoringRequest = z
  .looseObject({
    dataframe_split: z.looseObject({ columns: Columns, data: Rows }).optional(),
    dataframe_records: Records.optional(),
    instances: arrayOf<JsonValue>(() => true, { message: 'instances must be an array', items: {} }).optional(),
    inputs: Value.optional(),
  })
  .refine((request) => KINDS.filter((kind) => request[kind] !== undefined).length === 1, {
    message: `give exactly one of ${KINDS.map((kind) => `"${kind}"`).join(', ')}`,
  })
  .meta(exactlyOne(KINDS));
export type ScoringRequest = z.infer<typeof ScoringRequest>;

/** Frames are answered by a record a row, tensors by an object of outputs. */
export const ScoringResponse = z.object({ predictions: z.union([z.array(z.json()), z.record(z.string(), z.json())]) });

export const ScoringError = z.object({ error_code: z.string(), message: z.string() });
