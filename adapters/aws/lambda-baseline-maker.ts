import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { BaselineTask } from '../../core/contracts/baselines.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { BaselineMaker } from '../../core/ports/baseline-jobs.ts';

/** Asks the function in lambdas/intake, and does not wait for it: Lambda tries three times. */
export const lambdaBaselineMaker = ({
  client,
  functionName,
}: {
  client: LambdaClient;
  functionName: string;
}): BaselineMaker => ({
  async ask({ service, version, id }, { now }) {
    const task: BaselineTask = { baseline: { service, version, id }, time: new Date(now).toISOString() };
    const request = new InvokeCommand({
      FunctionName: functionName,
      InvocationType: 'Event',
      Payload: JSON.stringify(task),
    });
    await client.send(request).catch((cause: unknown) => {
      throw new PlatformError('captures.unavailable', {
        message: 'the function that makes baselines cannot be asked at the moment; try again',
        details: { key: service },
        cause,
      });
    });
  },
});
