import * as z from 'zod';
import { DATATYPES } from '../domain/inference/datatype.ts';
import type { JsonValue } from '../domain/json/parse-json.ts';

/** Open Inference Protocol v2, JSON. Unknown fields and parameters are ignored, as the protocol demands. */

/** `data` is checked element by element against the datatype, not here: it may hold a million values. */
const Data = z.custom<JsonValue>((value) => value !== undefined, 'data is missing');

export const RequestInput = z.looseObject({
  name: z.string().min(1),
  shape: z.array(z.number().int().min(0)),
  datatype: z.enum(DATATYPES),
  data: Data,
});

export const InferRequest = z.looseObject({
  id: z.string().max(256).optional(),
  inputs: z.array(RequestInput),
  outputs: z.array(z.looseObject({ name: z.string() })).optional(),
});
export type InferRequest = z.infer<typeof InferRequest>;
