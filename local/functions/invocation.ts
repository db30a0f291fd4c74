/** What came of one invocation. Payloads are JSON bytes that nobody parsed on the way. */
export type InvocationResult =
  /** `body`: what the payload, an object, has as its body, where that was asked for and it has one; as bytes, base64 undone. */
  | { readonly kind: 'answer'; readonly payload: Buffer; readonly body?: Buffer }
  | { readonly kind: 'function-error'; readonly payload: Buffer }
  | { readonly kind: 'throttled'; readonly reason: ThrottleReason };

/** Lambda's own `Reason` of a TooManyRequestsException. */
export type ThrottleReason = 'ReservedFunctionConcurrentInvocationLimitExceeded' | 'ConcurrentInvocationLimitExceeded';

export interface Invocation {
  readonly requestId: string;
  /** The ARN as it was called, with its qualifier: what `context.invokedFunctionArn` shows. */
  readonly arn: string;
  readonly payload: Uint8Array | string;
  /** What the handler is to find as `body` of the event, and in which form: it need not be escaped and parsed on the way. */
  readonly body?: { readonly bytes: Uint8Array; readonly encoding: 'utf8' | 'base64' } | undefined;
  /** Whether the answer's body may come by itself. */
  readonly splitAnswer?: boolean;
  readonly clientContext?: unknown;
}

/** Lambda's largest answer: 6 MB plus a little for its envelope. */
export const ANSWER_LIMIT_BYTES = 6_291_556;

export function functionError(errorType: string, errorMessage: string): InvocationResult {
  return { kind: 'function-error', payload: Buffer.from(JSON.stringify({ errorType, errorMessage })) };
}

const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

/** What Lambda says of a runtime that ended in mid-request. */
export function exitError(requestId: string, exit: { code: number | null; signal: string | null }): InvocationResult {
  const how =
    exit.signal !== null
      ? `Runtime exited with error: signal: ${SIGNAL_WORDS[exit.signal] ?? exit.signal}`
      : exit.code === 0
        ? 'Runtime exited without providing a reason'
        : `Runtime exited with error: exit status ${exit.code}`;
  return functionError('Runtime.ExitError', `RequestId: ${requestId} Error: ${how}`);
}

export function timeoutError(requestId: string, timeoutMs: number): InvocationResult {
  const seconds = (timeoutMs / 1000).toFixed(2);
  return functionError('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`);
}
