import type { IncomingMessage } from 'node:http';

/** `too-large` without reading the rest; `aborted` when the client went away. */
export type BodyResult = { readonly bytes: Buffer } | 'too-large' | 'aborted';

const EMPTY = { bytes: Buffer.alloc(0) };

/** Reads a request's body up to a limit. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyResult> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) return Promise.resolve(EMPTY);
  if (Number(length ?? 0) > limitBytes) return Promise.resolve('too-large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) resolve('too-large');
      else chunks.push(chunk);
    });
    request.on('end', () =>
      resolve({ bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size) }),
    );
    request.on('error', () => resolve('aborted'));
    request.on('close', () => resolve('aborted'));
  });
}
