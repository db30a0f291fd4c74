import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { type DynamoDbError, serializationError } from './errors.ts';

export interface OperationRequest {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const TARGET = /^DynamoDB_20120810\.(\w+)$/;
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Reads one AWS JSON 1.0 request. @throws SerializationException for what is no JSON object, and above AWS's 16 MB */
export async function readRequest(request: IncomingMessage): Promise<OperationRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too much is read to its end but not kept: a client that is still sending would not see the answer.
    if (bytes <= MAX_REQUEST_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_REQUEST_BYTES) {
    throw serializationError(`the request has ${bytes} bytes; at most ${MAX_REQUEST_BYTES} are allowed`);
  }
  const target = String(request.headers['x-amz-target'] ?? '');
  return { operation: TARGET.exec(target)?.[1] ?? target, body: parseBody(Buffer.concat(chunks).toString('utf8')) };
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw serializationError(`the request is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw serializationError('the request is not a JSON object');
  }
  return body as Record<string, unknown>;
}

export function sendAnswer(response: ServerResponse, answer: object): void {
  send(response, 200, answer);
}

export function sendError(response: ServerResponse, { type, message, members }: DynamoDbError): void {
  send(response, 400, { __type: type, message, ...members });
}

function send(response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
    'x-amz-crc32': crc32(bytes),
  });
  response.end(bytes);
}
