import { PREDICTION_ID_HEADER } from '../../core/contracts/headers.ts';
import type { Payload } from '../../core/domain/capture/redact-payload.ts';
import type { Offer } from '../../core/usecases/capture-predictions.ts';
import type { HttpEvent, HttpResult } from '../_shared/http.ts';
import { mediaType } from '../_shared/media-type.ts';
import { readBody, readText } from '../_shared/read-body.ts';
import type { RecordedInference } from './record-inference.ts';

/** Says that JSON and binary tensors share a body. */
const BINARY_HEADER = 'inference-header-content-length';
const CHAMPION = 'champion';
const PINNED = 'pinned';

/** An answered request as what may be captured of it. Nothing is decoded here: this runs while the caller waits. */
export function toOffer(
  event: HttpEvent,
  result: HttpResult,
  {
    inference,
    eventId,
    subjectHeader,
  }: { inference: RecordedInference; eventId: string; subjectHeader?: string | undefined },
): Offer {
  const { version, inputs, outputs, isPinned, routeKey } = inference;
  const { timeEpoch, http } = event.requestContext;
  const headers = result.headers ?? {};
  return {
    eventId,
    predictionId: String(headers[PREDICTION_ID_HEADER]),
    atMs: timeEpoch,
    model: version,
    variant: isPinned ? PINNED : CHAMPION,
    route: `${http.method} ${http.path}`,
    inputs,
    outputs,
    routeKey,
    subject: subjectHeader === undefined ? undefined : event.headers[subjectHeader],
    request: () => requestPayload(event),
    response: () => responsePayload(result),
    bytes: (event.body?.length ?? 0) + (result.body?.length ?? 0) + tensorBytes(inputs) + tensorBytes(outputs),
  };
}

function requestPayload(event: HttpEvent): Payload {
  const contentType = event.headers['content-type'] ?? 'application/json';
  if (event.headers[BINARY_HEADER] !== undefined) {
    return { contentType, encoding: 'BASE64', data: readBody(event).toString('base64') };
  }
  return { contentType, encoding: encodingOf(contentType), data: readText(event) };
}

function responsePayload({ headers = {}, body = '', isBase64Encoded = false }: HttpResult): Payload {
  const contentType = String(headers['content-type'] ?? 'application/json');
  if (isBase64Encoded) return { contentType, encoding: 'BASE64', data: body };
  return { contentType, encoding: encodingOf(contentType), data: body };
}

/** The handlers read as JSON whatever is neither CSV nor binary. */
const encodingOf = (contentType: string): 'CSV' | 'JSON' => (mediaType(contentType) === 'text/csv' ? 'CSV' : 'JSON');

const tensorBytes = (tensors: readonly { data: ArrayLike<unknown> }[]): number =>
  // Strings are counted with the body; a number takes eight bytes at most.
  tensors.reduce((sum, { data }) => sum + data.length * 8, 0);
