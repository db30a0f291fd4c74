import type { Writable } from 'node:stream';

/** What follows a frame's header. */
export interface FrameParts {
  readonly payload: Uint8Array | string;
  readonly body?: Uint8Array | undefined;
}

/** Writes frames; those of one turn of the event loop go out together, because each write may wake the reader. */
export function createFrameWriter(stream: Writable): {
  write(header: object, parts: FrameParts): void;
  /** Sends what waits at once. */
  flush(): void;
};

/** Collects chunks of a stream and hands over whole frames. Payload and body are views: copy them to keep them. */
export function createFrameReader<Header extends object>(
  onFrame: (header: Header, payload: Buffer, body: Buffer) => void,
): (chunk: Buffer) => void;
