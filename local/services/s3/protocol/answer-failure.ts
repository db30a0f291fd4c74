import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendError } from './respond.ts';
import { S3Error } from './s3-error.ts';

/**
 * Turns what an operation threw into an answer.
 *
 * @throws `error` again when it is neither one of S3's nor the client's going away
 */
export function answerFailure(
  error: unknown,
  { incoming, response, requestId }: { incoming: IncomingMessage; response: ServerResponse; requestId: string },
): void {
  if (isDisconnect(error)) {
    response.destroy();
    return;
  }
  if (!(error instanceof S3Error)) throw error;
  // What is left of the body is read and dropped: a client that is still sending would otherwise see a broken connection and no answer.
  incoming.resume();
  const path = (incoming.url ?? '/').split('?')[0] ?? '/';
  sendError(response, error, { method: incoming.method ?? 'GET', path, requestId });
}

const DISCONNECTS = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'];

const isDisconnect = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && DISCONNECTS.includes(error.code);
