import { ConnectionFailure } from './connection-failure.ts';
import { readFailure } from './read-failure.ts';
import { withRetries } from './retry.ts';

export interface SignableRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Headers that authorize a request, to be added to its own. */
export type Sign = (request: SignableRequest) => Promise<Record<string, string>>;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL, already encoded. */
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly text: string;
  readonly headers: Headers;
}

export type Send = (request: ApiRequest) => Promise<ApiAnswer>;

export interface Connection {
  /** Base URL; may have a path, such as a stage. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly sign: Sign | undefined;
  readonly retryDelaysMs: readonly number[];
}

/** Longer than API Gateway waits for any function: who has not answered by then never will. */
const TIMEOUT_MS = 60_000;

/**
 * Sends requests that are harmless to repeat, and repeats them while they fail for a passing reason.
 *
 * @throws ApiFailure for any answer but 2xx; ConnectionFailure where none came
 */
export function createSend(connection: Connection): Send {
  const base = connection.url.replace(/\/+$/, '');
  return ({ method, path, body, headers = {} }) =>
    withRetries(async () => {
      const request = { method, url: `${base}${path}`, headers, body };
      // Signed anew for each attempt: a signature is good for five minutes.
      const authorization = (await connection.sign?.(request)) ?? {};
      return exchange(connection.fetch, request.url, {
        method,
        headers: { ...headers, ...authorization },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body }),
      });
    }, connection.retryDelaysMs);
}

/** One request and its whole answer. @throws ApiFailure, ConnectionFailure */
export async function exchange(send: typeof fetch, url: string, init: RequestInit): Promise<ApiAnswer> {
  let response: Response;
  let text: string;
  try {
    response = await send(url, init);
    text = await response.text();
  } catch (error) {
    throw new ConnectionFailure(url, error);
  }
  if (!response.ok) throw readFailure(response, text);
  return { text, headers: response.headers };
}
