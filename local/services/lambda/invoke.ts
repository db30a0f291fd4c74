import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FunctionConfig } from '../../functions/function-config.ts';
import type { FunctionHost } from '../../functions/function-host.ts';
import type { Invocation, InvocationResult } from '../../functions/invocation.ts';
import { readBody } from '../../gateway/read-body.ts';
import { type LambdaAnswer, lambdaError } from './answers.ts';

const SYNCHRONOUS_LIMIT_BYTES = 6_291_456;
const EVENT_LIMIT_BYTES = 1_048_576;
/** How long after a failed asynchronous invocation the next try comes. AWS waits one and two minutes. */
const RETRY_DELAYS_MS = [1000, 2000];

export interface InvokeDependencies {
  readonly host: FunctionHost;
  /** Runs a piece of work later, unless the service closes before. */
  readonly later: (delayMs: number, work: () => void) => void;
}

/** The Invoke operation for a function that exists. */
export async function invoke(
  request: IncomingMessage,
  { config, arn }: { config: FunctionConfig; arn: string },
  { host, later }: InvokeDependencies,
): Promise<LambdaAnswer | undefined> {
  const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  const body = await readBody(request, { limitBytes: SYNCHRONOUS_LIMIT_BYTES });
  if (body === 'aborted') return undefined;
  if (typeof body === 'string') {
    return tooLarge(`Request must be smaller than ${SYNCHRONOUS_LIMIT_BYTES} bytes for the InvokeFunction operation`);
  }
  const payload = body.bytes.length === 0 ? Buffer.from('{}') : body.bytes;
  const problem = jsonProblem(payload);
  if (problem !== undefined) {
    return lambdaError(400, 'InvalidRequestContentException', {
      message: `Could not parse request body into json: ${problem}`,
    });
  }
  const invocation: Invocation = { requestId: randomUUID(), arn, payload, clientContext: clientContext(request) };
  switch (type) {
    case 'DryRun':
      return { statusCode: 204 };
    case 'Event':
      if (payload.length > EVENT_LIMIT_BYTES) {
        return tooLarge(
          `${payload.length} byte payload is too large for the Event invocation type (limit ${EVENT_LIMIT_BYTES} bytes)`,
        );
      }
      invokeWithRetries(invocation, { name: config.name, host, later });
      return { statusCode: 202 };
    case 'RequestResponse':
      return toAnswer(await host.invoke(config.name, invocation));
    default:
      return lambdaError(400, 'InvalidParameterValueException', {
        message: `Unknown invocation type ${type}: it must be RequestResponse, Event or DryRun`,
      });
  }
}

function toAnswer(result: InvocationResult): LambdaAnswer {
  if (result.kind === 'throttled') {
    return lambdaError(429, 'TooManyRequestsException', { message: 'Rate Exceeded.', Reason: result.reason });
  }
  const failed = result.kind === 'function-error';
  return {
    statusCode: 200,
    headers: { 'x-amz-executed-version': '$LATEST', ...(failed ? { 'x-amz-function-error': 'Unhandled' } : {}) },
    body: result.payload,
  };
}

/** Asynchronous: the caller has its answer already; what fails is tried again with the same request id, then dropped. */
function invokeWithRetries(
  invocation: Invocation,
  { name, host, later }: { name: string } & InvokeDependencies,
  attempt = 0,
): void {
  host.invoke(name, invocation).then((result) => {
    const delayMs = RETRY_DELAYS_MS[attempt];
    if (result.kind === 'answer' || delayMs === undefined) return;
    later(delayMs, () => invokeWithRetries(invocation, { name, host, later }, attempt + 1));
  });
}

const tooLarge = (message: string): LambdaAnswer => lambdaError(413, 'RequestEntityTooLargeException', { message });

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function jsonProblem(payload: Buffer): string | undefined {
  try {
    JSON.parse(payload.toString('utf8'));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function clientContext(request: IncomingMessage): unknown {
  const encoded = header(request, 'x-amz-client-context');
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return jsonProblem(Buffer.from(text)) === undefined ? JSON.parse(text) : undefined;
}
