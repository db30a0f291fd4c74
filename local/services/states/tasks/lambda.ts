import type { FunctionHost } from '../../../functions/function-host.ts';
import { parseFunctionName } from '../../../functions/function-name.ts';
import type { Outcome } from '../execution/execution-store.ts';
import { isObject, type Json } from '../language/json.ts';
import type { Integration, TaskCall } from './task-runner.ts';

type Host = Pick<FunctionHost, 'find' | 'invoke'>;

/** `lambda:invoke`: the payload is what the function gets, and its answer comes in an envelope. */
export const lambdaIntegration = (host: () => Host): Integration => ({
  matches: (name) => name === 'lambda:invoke',
  takesToken: true,
  async run({ input, attempt }) {
    const { FunctionName, Payload, ...rest } = (isObject(input) ? input : {}) as Record<string, Json>;
    const unknown = Object.keys(rest).filter((name) => !['InvocationType', 'Qualifier', 'LogType'].includes(name));
    if (typeof FunctionName !== 'string' || unknown.length > 0) {
      const problem = unknown.length > 0 ? `it has no ${unknown.join(', ')}` : 'FunctionName is missing';
      return { error: 'States.Runtime', cause: `the arguments of lambda:invoke are wrong: ${problem}` };
    }
    const outcome = await invoke(host(), FunctionName, { input: Payload ?? {}, attempt });
    if ('error' in outcome) return outcome;
    const metadata = { SdkResponseMetadata: { RequestId: attempt }, SdkHttpMetadata: { HttpStatusCode: 200 } };
    return { result: { ExecutedVersion: '$LATEST', Payload: outcome.result, StatusCode: 200, ...metadata } };
  },
});

/** A function as a resource: its answer is the result. */
export const functionTask =
  (host: () => Host) =>
  async ({ resource, input, attempt }: TaskCall): Promise<Outcome> =>
    await invoke(host(), resource, { input, attempt });

async function invoke(host: Host, named: string, call: { input: Json; attempt: string }): Promise<Outcome> {
  const name = parseFunctionName(named)?.name ?? named;
  if (host.find(name) === undefined) {
    return { error: 'Lambda.ResourceNotFoundException', cause: `Function not found: ${named}` };
  }
  const payload = JSON.stringify(call.input);
  const result = await host.invoke(name, { requestId: call.attempt, arn: named, payload });
  if (result.kind === 'throttled')
    return { error: 'Lambda.TooManyRequestsException', cause: `Rate Exceeded. ${result.reason}` };
  const text = result.payload.toString('utf8');
  const answer: Json = text === '' ? null : JSON.parse(text);
  if (result.kind === 'answer') return { result: answer };
  const type = isObject(answer) ? answer['errorType'] : undefined;
  return { error: typeof type === 'string' ? type : 'Exception', cause: text };
}
