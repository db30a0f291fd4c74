import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AwsError } from './aws-error.ts';
import { encodeCbor } from './cbor.ts';
import { isCbor } from './read-request.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers in the protocol that was asked in; dates become epoch seconds. */
export function sendRpcAnswer(exchange: Exchange, answer: object): void {
  send(exchange, { statusCode: 200, headers: {} }, answer);
}

export function sendRpcError(exchange: Exchange, error: AwsError): void {
  const { type, message, members, statusCode, queryCode } = error;
  // Clients that grew up with the query protocol look for the code there.
  const headers = { 'x-amzn-query-error': `${queryCode};Sender` };
  send(exchange, { statusCode, headers }, { __type: type, message, ...members });
}

function send(
  { request, response }: Exchange,
  { statusCode, headers }: { statusCode: number; headers: Readonly<Record<string, string>> },
  body: object,
): void {
  const cbor = isCbor(request);
  const bytes = cbor ? encodeCbor(body) : Buffer.from(JSON.stringify(withEpochSeconds(body)));
  response.writeHead(statusCode, {
    ...(cbor
      ? { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' }
      : { 'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.1' }),
    ...headers,
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
  });
  response.end(bytes);
}

/** As AWS JSON writes them. */
export function withEpochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withEpochSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withEpochSeconds(item)]));
}
