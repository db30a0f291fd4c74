import { MODEL_VERSION_HEADER, PREDICTION_ID_HEADER } from '../../core/contracts/headers.ts';
import { isPlatformError, PlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent } from '../_shared/http.ts';

/** What a request is known by while it is answered: a failure tells as much of it as a success. */
export interface RequestTrace {
  /**
   * The prediction's id: the protocol's own where it has one and it was given, else the header's, else a fresh one. May be
   * asked again once a body has told more.
   *
   * @throws `request.invalid` for an id that cannot be echoed in a header
   */
  predictionId(own?: string): string;
  /** Headers of a failure: of a prediction its id, and the version where it is known by then. */
  failureHeaders(error: unknown, version: number | undefined): Record<string, string>;
}

/** A request with what it is known by. */
export interface TracedRequest {
  readonly event: HttpEvent;
  readonly trace: RequestTrace;
}

/** Printable ASCII without spaces at its ends: what a header can carry back unchanged. */
const PREDICTION_ID = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

export function traceRequest(event: HttpEvent, freshId: () => string): RequestTrace {
  let id: string | undefined;
  return {
    predictionId(own = event.headers[PREDICTION_ID_HEADER]) {
      id ??= freshId();
      if (own === undefined) return id;
      if (!PREDICTION_ID.test(own)) throw invalidId();
      id = own;
      return id;
    },
    failureHeaders: (error, version = failedVersion(error)) => ({
      ...(id !== undefined && { [PREDICTION_ID_HEADER]: id }),
      ...(version !== undefined && { [MODEL_VERSION_HEADER]: String(version) }),
    }),
  };
}

/** Of a version that exists but fails. */
function failedVersion(error: unknown): number | undefined {
  const isOfVersion = isPlatformError(error) && error.code.startsWith('infer.') && 'version' in error.details;
  return isOfVersion ? (error.details as { version: number }).version : undefined;
}

function invalidId(): PlatformError {
  const problem = 'the prediction id must be 1 to 256 printable ASCII characters, with no space at either end';
  return new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
}
