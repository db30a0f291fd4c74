import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClock } from '../../../local/clock.ts';
import type { FunctionConfig } from '../../../local/functions/function-config.ts';
import { createFunctionHost, type FunctionHost } from '../../../local/functions/function-host.ts';
import type { PoolLimits } from '../../../local/functions/function-pool.ts';
import type { InvocationResult } from '../../../local/functions/invocation.ts';

export interface HostFixture {
  readonly directory: string;
  readonly host: FunctionHost;
  /** Adds a function with this code. A file name other than `index.js` may be given. */
  add(name: string, code: string, config?: Partial<FunctionConfig> & { file?: string }): void;
  call(name: string, event?: unknown): Promise<InvocationResult>;
  /** Calls and expects an answer. */
  answer(name: string, event?: unknown): Promise<unknown>;
  /** Calls and expects a function error. */
  error(name: string, event?: unknown): Promise<{ errorType: string; errorMessage: string; trace?: string[] }>;
  close(): Promise<void>;
}

export function createHostFixture(limits: Partial<PoolLimits> = {}): HostFixture {
  const directory = mkdtempSync(path.join(tmpdir(), 'host-'));
  const host = createFunctionHost(
    {
      directory,
      clock: createClock(),
      region: 'eu-west-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      nodePaths: ['/somewhere/node_modules'],
      endpointVariables: () => ({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }),
    },
    limits,
  );
  let calls = 0;
  const call: HostFixture['call'] = (name, event = {}) => {
    calls += 1;
    return host.invoke(name, {
      requestId: `request-${calls}`,
      arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
      payload: Buffer.from(JSON.stringify(event)),
    });
  };
  const payloadOf = async (kind: 'answer' | 'function-error', name: string, event: unknown) => {
    const result = await call(name, event);
    if (result.kind !== kind) {
      throw new Error(
        `expected ${kind}, got ${result.kind} ${'payload' in result ? result.payload.toString() : result.reason}`,
      );
    }
    return JSON.parse(result.payload.toString());
  };
  return {
    directory,
    host,
    call,
    answer: (name, event) => payloadOf('answer', name, event),
    error: (name, event) => payloadOf('function-error', name, event),
    add(name, code, { file = 'index.js', ...config } = {}) {
      const codeDirectory = path.join(directory, 'code', name);
      mkdirSync(codeDirectory, { recursive: true });
      writeFileSync(path.join(codeDirectory, file), code);
      host.add({
        name,
        arn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
        handler: 'index.handler',
        codeDirectory,
        runtime: 'nodejs24.x',
        environment: {},
        memoryMiB: 256,
        timeoutMs: 5000,
        logGroup: `/aws/lambda/${name}`,
        logFormat: 'Text',
        description: '',
        concurrencyPerEnvironment: 1,
        ...config,
      });
    },
    async close() {
      await host.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
