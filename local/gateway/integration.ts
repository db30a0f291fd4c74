import { randomUUID } from 'node:crypto';
import type { InvocationResult } from '../functions/invocation.ts';
import { type GatewayResponse, readFunctionResponse } from './function-response.ts';
import { message, TOO_MANY_REQUESTS } from './reply.ts';
import { eventBytes, type RequestEvent } from './request-event.ts';

/** Lambda's own limit for a synchronous event, which a base64 body meets before the gateway's limit. */
const EVENT_LIMIT_BYTES = 6 * 1024 * 1024;

/** What stands behind a route. */
export interface Integration {
  readonly timeoutMs: number;
  invoke(event: RequestEvent & { requestId: string }): Promise<InvocationResult>;
}

/** A smaller body cannot pass the limit, even if each of its bytes took the six of an escape; the headers fit beside it. */
const COUNTED_FROM_BYTES = EVENT_LIMIT_BYTES / 8;

/** Invokes the function and turns what comes of it into the client's answer. */
export async function integrate(integration: Integration, event: RequestEvent): Promise<GatewayResponse> {
  const isLarge = event.body !== undefined && event.body.bytes.length > COUNTED_FROM_BYTES;
  if (isLarge && eventBytes(event) > EVENT_LIMIT_BYTES) return message(413, 'Request Entity Too Large');
  const result = await withTimeout(integration.invoke({ ...event, requestId: randomUUID() }), integration.timeoutMs);
  if (result === 'timeout') return message(503, 'Service Unavailable');
  if (result.kind === 'throttled') return TOO_MANY_REQUESTS;
  const response = result.kind === 'answer' ? readFunctionResponse(result) : undefined;
  return response ?? message(500, 'Internal Server Error');
}

function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T | 'timeout'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('timeout'), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
