import type { IncomingMessage } from 'node:http';
import { type BodyMemory, createBodyMemory } from './body-memory.ts';

/** `too-large` and `no-room` without waiting for the rest; `aborted` when the client went away. */
export type BodyResult = { readonly bytes: Buffer } | 'too-large' | 'no-room' | 'aborted';

const EMPTY = { bytes: Buffer.alloc(0) };

export interface ReadBodyOptions {
  readonly limitBytes: number;
  /** Where the body's bytes are taken from; whoever gets them gives them back. @default - as many as there are */
  readonly memory?: BodyMemory;
}

/** Reads a request's body up to a limit; what comes beyond it is dropped as it comes. */
export function readBody(
  request: IncomingMessage,
  { limitBytes, memory = createBodyMemory(Number.POSITIVE_INFINITY) }: ReadBodyOptions,
): Promise<BodyResult> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) return Promise.resolve(EMPTY);
  return new Promise((resolve) => {
    const stopReading = memory.startReading();
    let chunks: Buffer[] = [];
    let size = 0;
    let settled = false;
    const settle = (result: BodyResult): void => {
      if (settled) return;
      settled = true;
      chunks = [];
      if (typeof result === 'string') memory.giveBack(size);
      resolve(result);
    };
    if (Number(length ?? 0) > limitBytes) settle('too-large');
    request.on('data', (chunk: Buffer) => {
      if (memory.isCrowded()) takeTurns(request);
      if (settled) return;
      if (size + chunk.length > limitBytes) settle('too-large');
      else if (!memory.take(chunk.length)) settle('no-room');
      else {
        size += chunk.length;
        chunks.push(chunk);
      }
    });
    request.on('end', () =>
      settle({ bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size) }),
    );
    request.on('error', () => settle('aborted'));
    request.on('close', () => {
      stopReading();
      settle('aborted');
    });
  });
}

/** The event loop would read on and on from one connection while others wait. */
function takeTurns(request: IncomingMessage): void {
  request.pause();
  setImmediate(() => request.resume());
}
