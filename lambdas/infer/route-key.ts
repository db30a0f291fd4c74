import { ROUTE_KEY_HEADER } from '../../core/contracts/headers.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent } from '../_shared/http.ts';

const ROUTE_KEY = /^[\x21-\x7e]{1,256}$/;

/**
 * By whom or what the caller wants to be known where traffic is split: the same key is answered by the same side.
 *
 * @returns undefined where none was given: the prediction id then decides
 * @throws `request.invalid`
 */
export function readRouteKey(event: HttpEvent): string | undefined {
  const key = event.headers[ROUTE_KEY_HEADER];
  if (key === undefined || ROUTE_KEY.test(key)) return key;
  const problem = `${ROUTE_KEY_HEADER} must be 1 to 256 printable ASCII characters without spaces`;
  throw new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
}
