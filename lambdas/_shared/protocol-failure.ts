import type { Failure } from './errors-to-http.ts';
import { type HttpResult, json } from './http.ts';

/** A failure in the shape that the protocol of the path has for errors. */
export function protocolFailure(failure: Failure, path: string, logStream = ''): HttpResult {
  if (path.startsWith('/endpoints/')) return sageMakerFailure(failure, logStream);
  if (path.startsWith('/models/')) return mlflowFailure(failure);
  const { status, message: error, ...known } = failure;
  return json(status, { error, ...known }, retryAfter(status));
}

const RETRY_AFTER_SECONDS = '1';

/** What is overloaded or out of reach says when to come again. */
const retryAfter = (status: number): Record<string, string> =>
  status === 429 || status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {};

/** Where the model is at fault and not the platform; what such an answer would be without SageMaker. */
const MODEL_ERRORS = new Set([
  'infer.model_failed',
  'infer.model_crashed',
  'infer.model_out_of_memory',
  'infer.deadline_exceeded',
  'infer.quarantined',
]);

/** As AWS's runtime tells it, which its clients turn into their typed exceptions. */
function sageMakerFailure({ status, code, message }: Failure, logStream: string): HttpResult {
  const answer = (answered: number, type: string, more: object = {}) =>
    json(answered, { Message: message, ...more }, { 'x-amzn-errortype': type, ...retryAfter(answered) });
  if (MODEL_ERRORS.has(code)) {
    return answer(424, 'ModelError', {
      Message: `Received server error (${status}) from the model: ${message}`,
      OriginalStatusCode: status,
      OriginalMessage: message,
      LogStreamArn: logStream,
    });
  }
  // InvokeEndpoint has no 404: an endpoint or a variant that is not there is the caller's mistake.
  if (code.startsWith('registry.') && status === 404) return answer(400, 'ValidationError');
  if (code === 'request.route_not_found') return answer(status, 'UnknownOperationException');
  if (status === 429) return answer(status, 'ThrottlingException');
  if (status === 503) return answer(status, 'ServiceUnavailable');
  return answer(status, status >= 500 ? 'InternalFailure' : 'ValidationError');
}

const MLFLOW_CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  404: 'RESOURCE_DOES_NOT_EXIST',
  409: 'INVALID_STATE',
  413: 'BAD_REQUEST',
  415: 'BAD_REQUEST',
  429: 'REQUEST_LIMIT_EXCEEDED',
  503: 'TEMPORARILY_UNAVAILABLE',
};

const mlflowFailure = ({ status, message }: Failure): HttpResult =>
  json(status, { error_code: MLFLOW_CODES[status] ?? 'INTERNAL_ERROR', message }, retryAfter(status));
