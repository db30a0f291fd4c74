import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { serializationError } from './aws-error.ts';
import { decodeCbor } from './cbor.ts';

export interface RpcRequest {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const RPC_V2_PATH = /^\/service\/[^/]+\/operation\/([^/?]+)/;
const LIMIT_BYTES = 16 * 1024 * 1024;

/** Whether the client speaks Smithy's RPC v2 in CBOR, as boto3 does with CloudWatch; the SDK for JavaScript speaks AWS JSON. */
export const isCbor = (request: IncomingMessage): boolean => RPC_V2_PATH.test(request.url ?? '');

/** Reads one request in AWS JSON or RPC v2 CBOR. @throws SerializationException for what is no object, and above the limit */
export async function readRpcRequest(request: IncomingMessage): Promise<RpcRequest> {
  const bytes = await readBytes(request);
  const target = String(request.headers['x-amz-target'] ?? '');
  const operation = RPC_V2_PATH.exec(request.url ?? '')?.[1] ?? target.slice(target.indexOf('.') + 1);
  const value = bytes.length === 0 ? {} : isCbor(request) ? decodeCbor(bytes) : parseJson(bytes.toString('utf8'));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { operation, body: value as Record<string, unknown> };
  }
  throw serializationError('the request is not an object');
}

/** The body whole, unpacked. @throws SerializationException above the limit and for what is no gzip */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // What is too much is read to its end but not kept: a client that is still sending would not see the answer.
    if (length <= LIMIT_BYTES) chunks.push(chunk);
  }
  if (length > LIMIT_BYTES)
    throw serializationError(`the request has ${length} bytes; at most ${LIMIT_BYTES} are allowed`);
  const bytes = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? unpack(bytes) : bytes;
}

function unpack(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMIT_BYTES });
  } catch (cause) {
    throw serializationError(
      `the request cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw serializationError(`the request is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
