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
export function readBody(event: HttpEvent, limitBytes: number = BODY_LIMIT_BYTES): Buffer {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > limitBytes) throw tooLarge(body.length, limitBytes);
  const encoding = (event.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return body;
  if (encoding === 'gzip' || encoding === 'x-gzip')
    return expand(event, body, { decompress: zlib().gunzipSync, limitBytes });
  if (encoding === 'deflate') {
    return expand(event, body, { decompress: isZlib(body) ? zlib().inflateSync : zlib().inflateRawSync, limitBytes });
  }
  throw new PlatformError('request.unsupported_encoding', {
    message: `the content-encoding ${JSON.stringify(encoding)} is not supported; send ${ENCODINGS.join(', ')}`,
    details: { got: encoding, allowed: ENCODINGS },
  });
}

// Fatal, so that a body in another encoding is refused instead of read as replacement characters.
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body as text. @throws what `readBody` throws, and `request.malformed` when it is not UTF-8 */
export function readText(event: HttpEvent, limitBytes: number = BODY_LIMIT_BYTES): string {
  // API Gateway hands text over as a string already; only a compressed or binary body needs decoding.
  if (!event.isBase64Encoded && event.headers['content-encoding'] === undefined) {
    const text = event.body ?? '';
    if (text.length > limitBytes || Buffer.byteLength(text) > limitBytes)
      throw tooLarge(Buffer.byteLength(text), limitBytes);
    return text;
  }
  return decodeUtf8(readBody(event, limitBytes));
}

/** @throws `request.malformed` for bytes that are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('it is not valid UTF-8');
  }
}

/** "deflate" means the zlib format (RFC 9110), but some clients leave its header out. */
const isZlib = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;

/** Loaded at the first compressed body, not at every cold start. */
const zlib = () => process.getBuiltinModule('node:zlib');

type Decompress = (body: Buffer, options: { maxOutputLength: number }) => Buffer;

function expand(
  { isBase64Encoded }: HttpEvent,
  body: Buffer,
  { decompress, limitBytes }: { decompress: Decompress; limitBytes: number },
): Buffer {
  // Compressed bytes cannot travel as text: a gateway that hands text on has unpacked it, and left the header as it was.
  if (!isBase64Encoded) return body;
  try {
    return decompress(body, { maxOutputLength: limitBytes });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(undefined, limitBytes);
    throw malformed('it is not compressed as content-encoding says');
  }
}

const malformed = (reason: string) =>
  new PlatformError('request.malformed', { message: `the body cannot be read: ${reason}`, details: { reason } });

/** @param bytes undefined where decompression stopped at the limit */
const tooLarge = (bytes: number | undefined, limitBytes: number) =>
  new PlatformError('request.body_too_large', {
    message: `the body has ${bytes ?? `more than ${limitBytes}`} bytes; at most ${limitBytes} (${sizeText(limitBytes)}) are taken, after decompression: send less in a request`,
    details: { bytes: bytes ?? limitBytes + 1, limitBytes },
  });

const KIB = 1024;

const sizeText = (bytes: number): string => (bytes < KIB * KIB ? `${bytes / KIB} KiB` : `${bytes / KIB / KIB} MiB`);
