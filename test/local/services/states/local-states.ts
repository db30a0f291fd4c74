import { SFNClient } from '@aws-sdk/client-sfn';
import { createAgenda } from '../../../../local/agenda.ts';
import { type Clock, createClock } from '../../../../local/clock.ts';
import type { InvocationResult } from '../../../../local/functions/invocation.ts';
import { createStepFunctionsService, type StepFunctionsService } from '../../../../local/services/step-functions.ts';
import { serve } from '../../../support/serve.ts';

/** Midday of some day. */
export const NOON = Date.UTC(2026, 5, 1, 12);
const PLACE = { account: '000000000000', region: 'us-east-1' };

/** A function: what it answers, or throws as Lambda tells of it. */
export type LocalFunction = (payload: unknown, call: { requestId: string }) => unknown;

export class FunctionFailure extends Error {
  readonly errorType: string;
  constructor(errorType: string, message = 'it failed') {
    super(message);
    this.errorType = errorType;
  }
}

export interface LocalStates extends AsyncDisposable {
  readonly service: StepFunctionsService;
  readonly client: SFNClient;
  readonly clock: Clock;
  advance(ms: number): Promise<void>;
}

/** Step Functions over HTTP, with functions by name. */
export async function openLocalStates({
  directory,
  functions = {},
  clock = createClock({ wall: () => NOON }),
  endpoint = () => '',
}: {
  directory: string;
  functions?: Readonly<Record<string, LocalFunction>>;
  clock?: Clock;
  endpoint?: (id: string) => string;
}): Promise<LocalStates> {
  const invoke = async (name: string, { requestId, payload }: { requestId: string; payload: Uint8Array | string }) => {
    try {
      const answer = await functions[name]?.(JSON.parse(String(payload)), { requestId });
      return { kind: 'answer', payload: Buffer.from(JSON.stringify(answer ?? null)) } satisfies InvocationResult;
    } catch (error) {
      const { errorType = 'Error', message } = error as FunctionFailure;
      const payload = Buffer.from(JSON.stringify({ errorType, errorMessage: message }));
      return { kind: 'function-error', payload } satisfies InvocationResult;
    }
  };
  const find = (name: string) => (Object.hasOwn(functions, name) ? ({ name } as never) : undefined);
  const service = createStepFunctionsService({
    ...PLACE,
    directory,
    clock,
    endpoint,
    functions: () => ({ find, invoke }),
  });
  const agenda = createAgenda(clock);
  for (const source of service.sources) agenda.add(source);
  const server = await serve(service);
  const client = new SFNClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    service,
    client,
    clock,
    advance: (ms) => agenda.advance(ms),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.close();
    },
  };
}
