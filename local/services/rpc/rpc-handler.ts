import type { LocalService } from '../service.ts';
import { AwsError } from './aws-error.ts';
import type { Operation } from './operation.ts';
import { readRpcRequest } from './read-request.ts';
import { sendRpcAnswer, sendRpcError } from './send-answer.ts';

/** Answers requests in AWS JSON and RPC v2 CBOR by the operation's name. */
export function createRpcHandler(
  service: string,
  operations: Readonly<Record<string, Operation>>,
): LocalService['handle'] {
  return async (request, response) => {
    const exchange = { request, response };
    try {
      const { operation, body } = await readRpcRequest(request);
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (run === undefined) throw unknownOperation(service, operation, Object.keys(operations));
      sendRpcAnswer(exchange, await run(body));
    } catch (error) {
      // A client that went away in mid-request gets no answer and is no bug.
      if (request.destroyed && !request.complete) return;
      if (!(error instanceof AwsError)) throw error;
      sendRpcError(exchange, error);
    }
  };
}

const unknownOperation = (service: string, operation: string, known: readonly string[]) =>
  new AwsError(
    'UnknownOperationException',
    `the local ${service} does not implement the operation '${operation}'; it has ${known.join(', ')}`,
  );
