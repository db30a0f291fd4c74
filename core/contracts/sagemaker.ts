import * as z from 'zod';

/** SageMaker runtime's InvokeEndpoint. Its bodies belong to the model: see the content types. */

/** `application/json`, besides the Open Inference Protocol's requests. */
export const InvokeRequest = z.union([z.object({ instances: z.array(z.json()) }), z.array(z.json())]);
export const InvokeResponse = z.object({ predictions: z.array(z.json()) });

export const RuntimeError = z.object({
  Message: z.string(),
  OriginalStatusCode: z.number().int().optional(),
  OriginalMessage: z.string().optional(),
  LogStreamArn: z.string().optional(),
});
