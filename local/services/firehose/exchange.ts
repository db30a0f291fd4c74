import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FirehoseError, serializationError } from './errors.ts';

export interface OperationRequest {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const TARGET = /^Firehose_20150804\.(\w+)$/;
/** 500 records of 1,000 KiB in base64, so that what is too much for Firehose is refused in its own words. */
const MAX_REQUEST_BYTES = 700 * 1024 * 1024;

/** Reads one AWS JSON 1.1 request. @throws SerializationException for what is no JSON object */
export async function readRequest(request: IncomingMessage): Promise<OperationRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too much is read to its end but not kept: a client that is still sending would not see the answer.
    if (bytes <= MAX_REQUEST_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_REQUEST_BYTES) throw serializationError(`the request has ${bytes} bytes`);
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
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw serializationError('the request is not a JSON object');
}

export const sendAnswer = (response: ServerResponse, answer: object): void => send(response, 200, answer);

export const sendError = (response: ServerResponse, { type, message }: FirehoseError): void =>
  send(response, 400, { __type: type, message });

function send(response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
  });
  response.end(bytes);
}
