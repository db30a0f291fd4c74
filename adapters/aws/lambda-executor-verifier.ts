import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { ExecutorVerdict } from '../../core/contracts/api.ts';
import type { ExecutorVerifier } from '../../core/ports/executor-verifier.ts';

export interface LambdaExecutorVerifierOptions {
  readonly client: LambdaClient;
  readonly functionName: string;
}

/** Asks the function in lambdas/verify. */
export const lambdaExecutorVerifier = ({ client, functionName }: LambdaExecutorVerifierOptions): ExecutorVerifier => ({
  async verify(sha256, signature) {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify({ sha256, signature }) }),
    );
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw new Error(`${functionName} failed: ${text}`);
    return ExecutorVerdict.parse(JSON.parse(text));
  },
});
