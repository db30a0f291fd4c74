import { INFERENCE_HEADER_LENGTH_HEADER } from '../../core/contracts/headers.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent, HttpResult } from '../_shared/http.ts';
import { decodeUtf8, readBody } from '../_shared/read-body.ts';

/** The binary extension of the Open Inference Protocol: JSON, then the tensors' bytes, in one body. */

export const NO_BYTES = new Uint8Array();

/** How many bytes of the body are JSON; undefined where all are. @throws `request.malformed` */
export function readHeaderLength(event: HttpEvent): number | undefined {
  const text = event.headers[INFERENCE_HEADER_LENGTH_HEADER];
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text.trim())) return Number(text);
  throw malformed('Inference-Header-Content-Length must be a whole number of bytes');
}

/** What a gateway puts where bytes are no UTF-8, once it has taken a body for text. */
const REPLACEMENT = '\ufffd';

/** A body with tensors in it. @throws `request.malformed` where its bytes were lost on the way */
export function readBytes(event: HttpEvent): Buffer {
  if (!event.isBase64Encoded && event.body?.includes(REPLACEMENT)) {
    throw malformed(
      'its content-type says that it is text, which binary tensors do not survive: send application/octet-stream',
    );
  }
  return readBody(event);
}

/** The JSON text and the bytes behind it. @throws `request.malformed` where the body is shorter than the header says */
export function splitBody(event: HttpEvent, headerBytes: number): [string, Uint8Array] {
  const body = readBytes(event);
  if (headerBytes > body.length) {
    throw malformed(`Inference-Header-Content-Length is ${headerBytes}, the body has ${body.length} bytes`);
  }
  return [decodeUtf8(body.subarray(0, headerBytes)), body.subarray(headerBytes)];
}

/** JSON and the tensors' bytes as one answer. */
export function binaryResult(text: string, chunks: readonly Uint8Array[], headers: Record<string, string>): HttpResult {
  const head = Buffer.from(text);
  return {
    statusCode: 200,
    headers: {
      ...headers,
      'content-type': 'application/octet-stream',
      [INFERENCE_HEADER_LENGTH_HEADER]: String(head.length),
    },
    body: Buffer.concat([head, ...chunks]).toString('base64'),
    isBase64Encoded: true,
  };
}

const malformed = (reason: string) =>
  new PlatformError('request.malformed', { message: `the body cannot be read: ${reason}`, details: { reason } });
