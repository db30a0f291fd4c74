import * as z from 'zod';

/** SageMaker runtime's InvokeEndpoint. Its bodies belong to the model: see the content types. */

/** What the champion is called where SageMaker names production variants. */
export const CHAMPION_VARIANT = 'champion';

export const SAGEMAKER_HEADERS = {
  inferenceId: 'x-amzn-sagemaker-inference-id',
  targetVariant: 'x-amzn-sagemaker-target-variant',
  customAttributes: 'x-amzn-sagemaker-custom-attributes',
  invokedVariant: 'x-amzn-invoked-production-variant',
} as const;

/** What other kinds of endpoint take: to ignore them would answer with another model than the one asked for. */
export const REFUSED_SAGEMAKER_HEADERS = [
  'x-amzn-sagemaker-target-model',
  'x-amzn-sagemaker-target-container-hostname',
  'x-amzn-sagemaker-inference-component',
] as const;

/** `application/json`, besides the Open Inference Protocol's requests. */
export const InvokeRequest = z.union([z.object({ instances: z.array(z.json()) }), z.array(z.json())]);
export const InvokeResponse = z.object({ predictions: z.array(z.json()) });

export const RuntimeError = z.object({
  Message: z.string(),
  OriginalStatusCode: z.number().int().optional(),
  OriginalMessage: z.string().optional(),
  LogStreamArn: z.string().optional(),
});
