import type middy from '@middy/core';
import { STATUS } from '../../core/contracts/status.ts';
import { isPlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent, HttpResult } from './http.ts';

/** What a client is told of a failure. */
export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** What a program can act on; only of what the caller did. */
  readonly details?: object;
}

/** An expected failure says what it is; anything else is a bug, and its text stays in the log. */
export function toFailure(error: unknown): Failure {
  if (!isPlatformError(error)) {
    return { status: 500, code: 'internal', message: 'an internal error occurred; the request id finds it in the log' };
  }
  const { code, message, details } = error;
  const status = STATUS[code];
  return { status, code, message, ...(status < 500 && { details }) };
}

/** Turns whatever a handler throws into an answer, and tells the log of every failure that is the platform's own. */
export const errorsToHttp = (
  log: (error: unknown, event: HttpEvent) => void,
  toResult: (failure: Failure, event: HttpEvent) => HttpResult,
): middy.MiddlewareObj<HttpEvent, HttpResult> => ({
  onError: (request) => {
    const failure = toFailure(request.error);
    if (failure.status >= 500) log(request.error, request.event);
    request.response = toResult(failure, request.event);
  },
});
