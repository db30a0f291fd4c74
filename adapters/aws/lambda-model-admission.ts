import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { AdmissionAnswer } from '../../core/contracts/admission.ts';
import { admissionUnavailable } from '../../core/domain/admission/refusals.ts';
import { type ErrorDetails, PlatformError } from '../../core/domain/errors.ts';
import type { ModelAdmission } from '../../core/ports/model-admission.ts';

export interface LambdaModelAdmissionOptions {
  readonly client: LambdaClient;
  readonly functionName: string;
}

/** Asks the function in lambdas/admit. */
export const lambdaModelAdmission = ({ client, functionName }: LambdaModelAdmissionOptions): ModelAdmission => ({
  async admit(task, { withinMs }) {
    const answer = await invoke({ client, functionName }, task, withinMs).catch((cause: unknown) => {
      throw admissionUnavailable(task.service, cause);
    });
    if (answer.verdict === 'admitted') return answer.model;
    const { code, message, details } = answer;
    throw new PlatformError(code, { message, details: details as unknown as ErrorDetails[typeof code] });
  },
});

async function invoke(
  { client, functionName }: LambdaModelAdmissionOptions,
  task: object,
  withinMs: number,
): Promise<AdmissionAnswer> {
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(task) }),
    // Whatever the client repeats ends with the time that there is.
    { abortSignal: AbortSignal.timeout(Math.max(1, Math.round(withinMs))) },
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`${functionName} failed: ${text}`);
  return AdmissionAnswer.parse(JSON.parse(text));
}
