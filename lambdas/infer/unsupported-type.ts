import { PlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent } from '../_shared/http.ts';

/** For a body of a type that a protocol does not know. */
export const unsupportedType = (event: HttpEvent, allowed: readonly string[]): PlatformError => {
  const got = event.headers['content-type'] ?? '';
  return new PlatformError('request.unsupported_media_type', {
    message: `the content-type ${JSON.stringify(got)} is not supported here; send ${allowed.join(', ')}`,
    details: { got, allowed },
  });
};
