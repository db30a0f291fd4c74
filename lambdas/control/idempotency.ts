import { PlatformError } from '../../core/domain/errors.ts';
import type { Idempotency } from '../../core/ports/model-registry.ts';
import type { HttpEvent } from '../_shared/http.ts';
import { readText } from '../_shared/read-body.ts';

/** Long enough for any client's retries. */
const REMEMBERED_SECONDS = 24 * 60 * 60;

const KEY = /^[\x21-\x7e]{1,128}$/;

/**
 * The request's `Idempotency-Key`, with a fingerprint of what was asked.
 *
 * @param asked what makes it the same request @default the body
 * @returns undefined where the caller sent none
 * @throws `request.invalid` for a key that is not 1 to 128 printable characters
 */
export function readIdempotency(
  event: HttpEvent,
  { sha256, asked = readText(event) }: { sha256: (text: string) => string; asked?: string | undefined },
): Idempotency | undefined {
  const key = event.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (!KEY.test(key)) {
    const problem = 'the Idempotency-Key must be 1 to 128 printable ASCII characters without spaces';
    throw new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
  }
  const { method, path } = event.requestContext.http;
  return {
    key,
    fingerprint: sha256(`${method} ${path}\n${asked}`),
    expiresAt: Math.floor(event.requestContext.timeEpoch / 1000) + REMEMBERED_SECONDS,
  };
}
