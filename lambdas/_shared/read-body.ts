import { gunzipSync, inflateSync } from 'node:zlib';
import { BODY_LIMIT_BYTES } from '../../core/contracts/limits.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent } from './http.ts';

const ENCODINGS = ['identity', 'gzip', 'deflate'] as const;

/**
 * The request's body as bytes, decompressed.
 *
 * @throws `request.body_too_large` before or after decompression, which stops at the limit
 * @throws `request.unsupported_encoding`, `request.malformed` for a body that is not what `content-encoding` says
 */
export function readBody(event: HttpEvent): Buffer {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > BODY_LIMIT_BYTES) throw tooLarge(body.length);
  const encoding = (event.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return body;
  if (encoding === 'gzip' || encoding === 'x-gzip') return expand(body, gunzipSync);
  if (encoding === 'deflate') return expand(body, inflateSync);
  throw new PlatformError('request.unsupported_encoding', {
    message: `the content-encoding ${JSON.stringify(encoding)} is not supported; send ${ENCODINGS.join(', ')}`,
    details: { got: encoding, allowed: ENCODINGS },
  });
}

// Fatal, so that a body in another encoding is refused instead of read as replacement characters.
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body as text. @throws what `readBody` throws, and `request.malformed` when it is not UTF-8 */
export function readText(event: HttpEvent): string {
  // API Gateway hands text over as a string already; only a compressed or binary body needs decoding.
  if (!event.isBase64Encoded && event.headers['content-encoding'] === undefined) {
    const text = event.body ?? '';
    if (text.length > BODY_LIMIT_BYTES || Buffer.byteLength(text) > BODY_LIMIT_BYTES)
      throw tooLarge(Buffer.byteLength(text));
    return text;
  }
  try {
    return utf8.decode(readBody(event));
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw malformed('it is not valid UTF-8');
  }
}

function expand(body: Buffer, decompress: (body: Buffer, options: { maxOutputLength: number }) => Buffer): Buffer {
  try {
    return decompress(body, { maxOutputLength: BODY_LIMIT_BYTES });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(BODY_LIMIT_BYTES + 1);
    throw malformed('it is not compressed as content-encoding says');
  }
}

const malformed = (reason: string) =>
  new PlatformError('request.malformed', { message: `the body cannot be read: ${reason}`, details: { reason } });

const tooLarge = (bytes: number) =>
  new PlatformError('request.body_too_large', {
    message: `the body has ${bytes > BODY_LIMIT_BYTES + 1 ? bytes : `more than ${BODY_LIMIT_BYTES}`} bytes; at most ${BODY_LIMIT_BYTES} (4 MiB) are taken, after decompression: send fewer rows a request`,
    details: { bytes, limitBytes: BODY_LIMIT_BYTES },
  });
