import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Functions by name; each is the source of a CommonJS `index.js` that exports `handler`. */
export type LambdaFunctions = Readonly<Record<string, string>>;

export interface OpenedLambda {
  readonly url: string;
  close(): Promise<void>;
}

const FUNCTIONS: LambdaFunctions = {
  echo: 'exports.handler = async (event) => ({ event });',
  context:
    'exports.handler = async (event, context) => ({ name: context.functionName, arn: context.invokedFunctionArn });',
  thrower: 'exports.handler = async () => { throw new TypeError("no such colour"); };',
  leaver: 'exports.handler = async () => { process.exit(1); };',
};

/**
 * AWS Lambda's API as the SDK sees it.
 * @param deviations titles of this suite that a backend is known not to fulfil, each with the reason, which the skipped test shows
 */
export function describeLambda(
  name: string,
  open: (functions: LambdaFunctions) => Promise<OpenedLambda>,
  deviations: Readonly<Record<string, string>> = {},
): void {
  describe(`Lambda: ${name}`, () => {
    let backend: OpenedLambda;
    let client: LambdaClient;
    beforeAll(async () => {
      backend = await open(FUNCTIONS);
      client = new LambdaClient({
        endpoint: backend.url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
        maxAttempts: 1,
      });
    }, 120_000);
    afterAll(async () => {
      client?.destroy();
      await backend?.close();
    });

    const test = (title: string, run: () => Promise<void>): void => {
      const reason = deviations[title];
      if (reason === undefined) it(title, run);
      else it.skip(`${title} (skipped: ${reason})`, run);
    };
    const invoke = async (FunctionName: string, input: Partial<InvokeCommandInput> = {}) => {
      const output = await client.send(new InvokeCommand({ FunctionName, ...input }));
      const text = output.Payload?.transformToString() ?? '';
      return { ...output, value: text === '' ? undefined : JSON.parse(text) };
    };
    const rejection = async (FunctionName: string, input: Partial<InvokeCommandInput> = {}) => {
      const error: unknown = await invoke(FunctionName, input).catch((cause: unknown) => cause);
      const { name: type, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
      return { type, status: $metadata?.httpStatusCode };
    };

    test('answers an invocation with the function’s result', async () => {
      const answer = await invoke('echo', { Payload: '{"colour":"blüe"}' });
      expect(answer).toMatchObject({ StatusCode: 200, value: { event: { colour: 'blüe' } } });
      expect(answer.FunctionError).toBeUndefined();
    });

    test('names the version that answered', async () => {
      expect((await invoke('echo')).ExecutedVersion).toBe('$LATEST');
    });

    test('gives a function an empty event where the call has no payload', async () => {
      expect((await invoke('echo')).value).toEqual({ event: {} });
    });

    test('takes a function’s ARN for its name', async () => {
      const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: 'context' }));
      const arn = Configuration?.FunctionArn ?? '';
      expect(arn).toMatch(/^arn:aws:lambda:us-east-1:\d{12}:function:context$/);
      expect((await invoke(arn)).value).toEqual({ name: 'context', arn });
    });

    test('takes $LATEST for a qualifier', async () => {
      expect((await invoke('echo', { Qualifier: '$LATEST' })).StatusCode).toBe(200);
    });

    test('reports what a function throws as a function error', async () => {
      const answer = await invoke('thrower');
      expect(answer).toMatchObject({
        StatusCode: 200,
        FunctionError: 'Unhandled',
        value: { errorType: 'TypeError', errorMessage: 'no such colour' },
      });
    });

    test('reports a function that ends its process as a function error', async () => {
      const answer = await invoke('leaver');
      expect(answer.FunctionError).toBe('Unhandled');
      expect(answer.value).toMatchObject({ errorType: 'Runtime.ExitError' });
    });

    test('answers an asynchronous invocation at once with 202', async () => {
      const answer = await invoke('echo', { InvocationType: 'Event', Payload: '{}' });
      expect([answer.StatusCode, answer.value]).toEqual([202, undefined]);
    });

    test('answers a dry run with 204', async () => {
      expect((await invoke('echo', { InvocationType: 'DryRun' })).StatusCode).toBe(204);
    });

    test('carries payloads of 5 MB', async () => {
      const text = 'x'.repeat(5_000_000);
      expect((await invoke('echo', { Payload: JSON.stringify({ text }) })).value).toEqual({ event: { text } });
    });

    test('fails for a function that does not exist', async () => {
      expect(await rejection('missing')).toEqual({ type: 'ResourceNotFoundException', status: 404 });
    });

    test('fails for a qualifier that does not exist', async () => {
      expect(await rejection('echo', { Qualifier: 'nowhere' })).toEqual({
        type: 'ResourceNotFoundException',
        status: 404,
      });
    });

    test('fails for a payload that is no JSON', async () => {
      expect(await rejection('echo', { Payload: '{"a":' })).toEqual({
        type: 'InvalidRequestContentException',
        status: 400,
      });
    });

    test('fails for a payload above 6 MB', async () => {
      const Payload = JSON.stringify('x'.repeat(6_400_000));
      expect(await rejection('echo', { Payload })).toEqual({ type: 'RequestEntityTooLargeException', status: 413 });
    });

    test('fails for an asynchronous payload above 1 MB', async () => {
      const Payload = JSON.stringify('x'.repeat(1_100_000));
      const expected = { type: 'RequestEntityTooLargeException', status: 413 };
      expect(await rejection('echo', { InvocationType: 'Event', Payload })).toEqual(expected);
    });

    test('describes a function', async () => {
      const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: 'echo' }));
      expect(configuration).toMatchObject({
        FunctionName: 'echo',
        Handler: 'index.handler',
        Runtime: 'nodejs22.x',
        MemorySize: 256,
        Timeout: 5,
        Version: '$LATEST',
      });
    });

    test('lists the functions', async () => {
      const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
      expect(Functions.map(({ FunctionName }) => FunctionName).sort()).toEqual(Object.keys(FUNCTIONS).sort());
    });
  });
}
