import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { lambdaModelAdmission } from '../../../adapters/aws/lambda-model-admission.ts';
import type { LocalService } from '../../../local/services/service.ts';
import { caughtFrom } from '../../support/caught.ts';
import { A_BUDGET, anAdmittedModel } from '../../support/fake-admission.ts';
import { serve } from '../../support/serve.ts';

const TASK = { service: 'fraud', sha256: 'a'.repeat(64), signature: { inputs: [], outputs: [] }, budget: A_BUDGET };

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** @param answer undefined: none is ever given */
async function open(answer: Answer | undefined) {
  const requests: { url: string | undefined; body: unknown }[] = [];
  const service: LocalService = {
    endpointId: 'LAMBDA',
    async handle(request, response) {
      let text = '';
      for await (const chunk of request) text += chunk;
      requests.push({ url: request.url, body: JSON.parse(text) });
      if (answer === undefined) return;
      response.writeHead(answer.status ?? 200, answer.headers ?? {});
      response.end(JSON.stringify(answer.body));
    },
    close: () => undefined,
  };
  const { url, close } = await serve(service);
  closers.push(close);
  const client = new LambdaClient({
    endpoint: url,
    region: 'eu-central-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  return { requests, admit: lambdaModelAdmission({ client, functionName: 'admit-1' }).admit };
}

describe('admission by a function', () => {
  it('sends the task and takes the measures', async () => {
    const { admit, requests } = await open({ body: { verdict: 'admitted', model: anAdmittedModel() } });
    expect(await admit(TASK, { withinMs: 10_000 })).toEqual(anAdmittedModel());
    expect(requests).toEqual([{ url: '/2015-03-31/functions/admit-1/invocations', body: TASK }]);
  });

  it('fails as the function refuses', async () => {
    const details = { waitedMs: 6_000, budgetMs: 5_000 };
    const { admit } = await open({
      body: { verdict: 'refused', code: 'admission.hangs', message: 'it hangs', details },
    });
    expect(await caughtFrom(admit(TASK, { withinMs: 10_000 }))).toMatchObject({
      code: 'admission.hangs',
      message: 'it hangs',
      details,
    });
  });

  it.each([
    {
      what: 'the function fails',
      answer: {
        headers: { 'x-amz-function-error': 'Unhandled' },
        body: { errorMessage: '/var/task/index.cjs: secret' },
      },
    },
    {
      what: 'there are too many',
      answer: { status: 429, headers: { 'x-amzn-errortype': 'TooManyRequestsException' }, body: {} },
    },
    { what: 'the answer is none', answer: { body: { verdict: 'perhaps' } } },
    { what: 'no answer comes in time', answer: undefined },
  ])('fails as unavailable where $what, with how to try again and nothing of the cause', async ({ answer }) => {
    const { admit } = await open(answer);
    const error = await caughtFrom(admit(TASK, { withinMs: 300 }));
    expect(error.code).toBe('admission.unavailable');
    expect(error.message).toMatch(/no version of fraud was made; register it again/);
    expect(error.message).not.toMatch(/secret|var/);
  });
});
