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

export interface ErrorAnswers {
  /** Told of every failure that is the platform's own. */
  readonly log: (error: unknown, event: HttpEvent) => void;
  readonly toResult: (failure: Failure, event: HttpEvent) => HttpResult;
}

/** A handler that answers whatever `handle` throws. */
export const errorsToHttp =
  <Context>(
    handle: (event: HttpEvent, context: Context) => Promise<HttpResult>,
    { log, toResult }: ErrorAnswers,
  ): ((event: HttpEvent, context: Context) => Promise<HttpResult>) =>
  async (event, context) => {
    try {
      return await handle(event, context);
    } catch (error) {
      const failure = toFailure(error);
      if (failure.status >= 500) log(error, event);
      return toResult(failure, event);
    }
  };
