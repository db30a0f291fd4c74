import * as z from 'zod';
import { DATATYPES } from '../domain/inference/datatype.ts';
import type { JsonValue } from '../domain/json/parse-json.ts';

/** Open Inference Protocol v2, JSON. Unknown fields and parameters are ignored, as the protocol demands. */

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

export const RequestInput = z.looseObject({
  name: z.string().min(1),
  shape: atMost(RANK_LIMIT, z.number().int().min(0)),
  datatype: z.enum(DATATYPES),
  data: Data,
});

export const InferRequest = z.looseObject({
  id: z.string().max(256).optional(),
  inputs: atMost(TENSOR_LIMIT, RequestInput),
  outputs: atMost(TENSOR_LIMIT, z.looseObject({ name: z.string() })).optional(),
});
export type InferRequest = z.infer<typeof InferRequest>;
