import { isPlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent } from './http.ts';

/** One JSON line in the function's log: what failed, where, and why. Never a payload. */
export function logError(error: unknown, event: HttpEvent): void {
  const { requestId, http } = event.requestContext;
  console.error(
    JSON.stringify({ level: 'ERROR', requestId, method: http.method, path: http.path, ...describe(error) }),
  );
}

/** A fault that no request was told of. */
export function logFault({ what, service, error }: { what: string; service: string; error: unknown }): void {
  console.warn(JSON.stringify({ level: 'WARN', service, what, ...describe(error) }));
}

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {};
  return isPlatformError(error)
    ? { code: error.code, error: error.message, ...cause }
    : { error: `${error.name}: ${error.message}`, stack: error.stack, ...cause };
}
