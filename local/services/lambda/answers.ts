import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** An answer of the Lambda API. */
export interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export const json = (statusCode: number, value: unknown): LambdaAnswer => ({ statusCode, body: JSON.stringify(value) });

/** An error as AWS shapes it for REST-JSON: the class in a header, the text in `Message`. */
export function lambdaError(
  statusCode: number,
  errorType: string,
  { message, ...members }: { message: string; Reason?: string },
): LambdaAnswer {
  return {
    statusCode,
    headers: { 'x-amzn-errortype': errorType },
    body: JSON.stringify({ Type: 'User', Message: message, message, ...members }),
  };
}

export function writeAnswer(response: ServerResponse, { statusCode, headers, body = '' }: LambdaAnswer): void {
  if (response.destroyed) return;
  response.writeHead(statusCode, {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
