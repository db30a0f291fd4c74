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
