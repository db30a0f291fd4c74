import type { Socket } from 'node:net';

/**
 * Frames between a function and its model process: two 32-bit lengths (little-endian), a small JSON header, and bytes that
 * are never parsed on the way.
 */
const PREFIX_BYTES = 8;
/** Joined into one write up to here; copying more costs more than further writes. */
const JOIN_LIMIT_BYTES = 64 * 1024;

export function writeFrame(socket: Socket, header: object, chunks: readonly Uint8Array[] = []): void {
  const head = Buffer.from(JSON.stringify(header));
  const payloadBytes = chunks.reduce((sum, { length }) => sum + length, 0);
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  prefix.writeUInt32LE(head.length, 0);
  prefix.writeUInt32LE(payloadBytes, 4);
  if (payloadBytes <= JOIN_LIMIT_BYTES) {
    socket.write(Buffer.concat([prefix, head, ...chunks]));
    return;
  }
  socket.cork();
  socket.write(prefix);
  socket.write(head);
  for (const chunk of chunks) socket.write(chunk);
  socket.uncork();
}

/** Collects frames from chunks as they come; a frame's bytes are copied once, however large it is. */
export function createFrameReader<Header>(onFrame: (header: Header, payload: Buffer) => void): (chunk: Buffer) => void {
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES);
  let prefixBytes = 0;
  let body: Buffer | undefined;
  let bodyBytes = 0;
  let headLength = 0;

  const finish = (frame: Buffer) => {
    body = undefined;
    prefixBytes = 0;
    onFrame(JSON.parse(frame.toString('utf8', 0, headLength)) as Header, frame.subarray(headLength));
  };

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (body === undefined) {
        const copied = chunk.copy(prefix, prefixBytes, at);
        prefixBytes += copied;
        at += copied;
        if (prefixBytes < PREFIX_BYTES) return;
        headLength = prefix.readUInt32LE(0);
        const length = headLength + prefix.readUInt32LE(4);
        if (chunk.length - at >= length) {
          // Whole in this chunk, as nearly every frame is.
          const frame = chunk.subarray(at, at + length);
          at += length;
          finish(frame);
          continue;
        }
        body = Buffer.allocUnsafe(length);
        bodyBytes = 0;
      }
      const copied = chunk.copy(body, bodyBytes, at);
      bodyBytes += copied;
      at += copied;
      if (bodyBytes === body.length) finish(body);
    }
  };
}
