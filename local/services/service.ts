import type { IncomingMessage, ServerResponse } from 'node:http';

/** One emulated AWS service: it answers the SDK's HTTP requests. How its resources come to be is each service's own `create…` method. */
export interface LocalService {
  /** The SDK's endpoint suffix, as in `AWS_ENDPOINT_URL_S3`: upper case, words joined by `_`. */
  readonly endpointId: string;
  /** Answers one request; rejects only on a bug. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Releases files and timers; everything answered before is on disk. */
  close(): void;
}
