import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InvokeCommand, LambdaClient, ListLayersCommand } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLambdaService } from '../../../local/services/lambda.ts';
import { describeLambda } from '../../contracts/services/lambda.contract.ts';
import { serve } from '../../support/serve.ts';
import { createHostFixture, type HostFixture } from '../functions/host-fixture.ts';

const ACCOUNT_ARN = 'arn:aws:lambda:us-east-1:000000000000:function';

async function openLambda(add: (fixture: HostFixture) => void) {
  const fixture = createHostFixture();
  add(fixture);
  const { url, close } = await serve(createLambdaService({ host: fixture.host }));
  return {
    url,
    fixture,
    async close() {
      await close();
      await fixture.close();
    },
  };
}

describeLambda('local', (functions) =>
  openLambda((fixture) => {
    for (const [name, code] of Object.entries(functions)) {
      fixture.add(name, code, { runtime: 'nodejs22.x', arn: `${ACCOUNT_ARN}:${name}` });
    }
  }),
);

describe('the local Lambda service', () => {
  let opened: Awaited<ReturnType<typeof openLambda>> | undefined;
  afterEach(() => opened?.close());
  const open = async (code: string, config: Parameters<HostFixture['add']>[2] = {}) => {
    opened = await openLambda((fixture) => fixture.add('fn', code, { arn: `${ACCOUNT_ARN}:fn`, ...config }));
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const client = new LambdaClient({ endpoint: opened.url, region: 'us-east-1', credentials, maxAttempts: 1 });
    return { ...opened, client };
  };

  it('tries a failed asynchronous invocation again with the same request id', async () => {
    const { client, fixture } = await open(`
      const fs = require('fs');
      exports.handler = async ({ file }, { awsRequestId }) => {
        fs.appendFileSync(file, awsRequestId + '\\n');
        if (fs.readFileSync(file, 'utf8').split('\\n').length < 3) throw new Error('not yet');
      };`);
    const file = path.join(fixture.directory, 'tries');
    await client.send(
      new InvokeCommand({ FunctionName: 'fn', InvocationType: 'Event', Payload: JSON.stringify({ file }) }),
    );
    const tries = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
    await vi.waitFor(() => expect(tries()).toHaveLength(2), { timeout: 10_000 });
    expect(new Set(tries()).size).toBe(1);
  });

  it('invokes by version and alias, and shows the function the ARN that was called', async () => {
    const { client, fixture } = await open('exports.handler = async (event, context) => context.invokedFunctionArn;');
    fixture.host.qualify('fn', 'live');
    const answer = await client.send(new InvokeCommand({ FunctionName: 'fn:live' }));
    expect(answer.Payload?.transformToString()).toBe(`"${ACCOUNT_ARN}:fn:live"`);
  });

  it('hands on the client context', async () => {
    const { client } = await open('exports.handler = async (event, context) => context.clientContext;');
    const ClientContext = Buffer.from('{"custom":{"a":"b"}}').toString('base64');
    const answer = await client.send(new InvokeCommand({ FunctionName: 'fn', ClientContext }));
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ custom: { a: 'b' } });
  });

  it('fails with 429 and the reason beyond the reserved concurrency', async () => {
    const { client } = await open('exports.handler = async () => 1;', { reservedConcurrency: 0 });
    const failure = client.send(new InvokeCommand({ FunctionName: 'fn' }));
    await expect(failure).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    });
  });

  it('fails for an operation that it does not have, naming it', async () => {
    const { client } = await open('exports.handler = async () => 1;');
    await expect(client.send(new ListLayersCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('GET /2018-10-31/layers of Lambda is not available'),
    });
  });

  it('fails for a name that no function can have', async () => {
    const { client } = await open('exports.handler = async () => 1;');
    await expect(client.send(new InvokeCommand({ FunctionName: 'a:b:c:d' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
