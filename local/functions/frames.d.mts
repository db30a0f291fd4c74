import type { Writable } from 'node:stream';

/** Writes one frame. @returns false when the stream asks its writer to wait */
export function writeFrame(stream: Writable, header: object, payload: Uint8Array): boolean;

/** Collects chunks of a stream and hands over whole frames. The payload is a view: copy it to keep it. */
export function createFrameReader<Header extends object>(
  onFrame: (header: Header, payload: Buffer) => void,
): (chunk: Buffer) => void;
