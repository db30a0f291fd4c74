import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHostFixture, type HostFixture } from './host-fixture.ts';

const COUNTER = 'let calls = 0; exports.handler = async () => ({ calls: ++calls, pid: process.pid });';
const SLEEPER = `exports.handler = async ({ ms }) => {
  await new Promise((done) => setTimeout(done, ms));
  return process.pid;
};`;

let fixture: HostFixture;
beforeEach(() => {
  fixture = createHostFixture();
});
afterEach(() => fixture.close());

describe('a function host', () => {
  it('starts a process on demand and keeps it warm for the next request', async () => {
    fixture.add('counter', COUNTER);
    expect(fixture.host.environments()).toBe(0);
    const first = await fixture.answer('counter');
    const second = await fixture.answer('counter');
    expect(first).toEqual({ calls: 1, pid: expect.any(Number) });
    expect(second).toEqual({ ...(first as object), calls: 2 });
    expect(fixture.host.environments()).toBe(1);
  });

  it('answers parallel requests from different processes, one request at a time in each', async () => {
    fixture.add('sleeper', SLEEPER);
    const pids = await Promise.all([1, 2, 3].map(() => fixture.answer('sleeper', { ms: 300 })));
    expect(new Set(pids).size).toBe(3);
  });

  it('gives one process several requests at once where the function declares it', async () => {
    const together = `let here = 0, most = 0; exports.handler = async () => {
      most = Math.max(most, ++here);
      await new Promise((done) => setTimeout(done, 200));
      here--;
      return { pid: process.pid, most };
    };`;
    fixture.add('together', together, { concurrencyPerEnvironment: 8 });
    const answers = (await Promise.all([1, 2, 3, 4].map(() => fixture.answer('together')))) as {
      pid: number;
      most: number;
    }[];
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
    expect(Math.max(...answers.map(({ most }) => most))).toBe(4);
  });

  it('carries payloads of 6 MB both ways', async () => {
    fixture.add('echo', 'exports.handler = async (event) => event;');
    const text = 'é'.repeat(3_000_000);
    expect(await fixture.answer('echo', { text })).toEqual({ text });
  });

  it('answers null where the handler returns nothing', async () => {
    fixture.add('silent', 'exports.handler = async () => {};');
    expect(await fixture.answer('silent')).toBeNull();
  });

  it('shows a handler the context that Lambda shows', async () => {
    const code = `exports.handler = async (event, context) => ({
      ...context, remaining: context.getRemainingTimeInMillis(),
    });`;
    fixture.add('context', code);
    expect(await fixture.answer('context')).toEqual({
      functionName: 'context',
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/context',
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:context',
      awsRequestId: 'request-1',
      remaining: expect.toSatisfy((ms: number) => ms > 0 && ms <= 5000),
    });
  });

  it('gives a function its own environment and what Lambda sets, nothing of the platform', async () => {
    vi.stubEnv('PLATFORM_SECRET', 'x');
    fixture.add('environment', 'exports.handler = async () => ({ ...process.env });', {
      environment: { COLOUR: 'blue' },
    });
    const seen = (await fixture.answer('environment')) as Record<string, string>;
    vi.unstubAllEnvs();
    expect(Object.keys(seen).sort()).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_ENDPOINT_URL_S3',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_FORMAT',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'COLOUR',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'NODE_PATH',
      'PATH',
      'TMPDIR',
      'TZ',
      '_HANDLER',
    ]);
    expect(seen).toMatchObject({
      COLOUR: 'blue',
      AWS_REGION: 'eu-west-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      TZ: ':UTC',
    });
  });

  it.each([
    ['index.mjs', 'export const handler = async () => "module";', 'module'],
    ['index.cjs', 'exports.handler = async () => "common";', 'common'],
    ['index.js', 'module.exports = { handler: async () => "script" };', 'script'],
  ])('finds the handler in %s', async (file, code, answer) => {
    fixture.add('formats', code, { file });
    expect(await fixture.answer('formats')).toBe(answer);
  });

  it('takes callbacks on the runtimes that know them', async () => {
    fixture.add(
      'callback',
      'exports.handler = (event, context, callback) => { setTimeout(callback, 1, null, "called"); };',
      {
        runtime: 'nodejs22.x',
      },
    );
    expect(await fixture.answer('callback')).toBe('called');
  });

  it('fails a callback handler from Node.js 24 on', async () => {
    fixture.add('callback', 'exports.handler = (event, context, callback) => callback(null, 1);');
    expect(await fixture.error('callback')).toMatchObject({ errorType: 'Runtime.CallbackHandlerDeprecated' });
  });

  it('fails with the type, message and trace of what the handler throws', async () => {
    fixture.add('thrower', 'exports.handler = async () => { throw new TypeError("no such colour"); };');
    expect(await fixture.error('thrower')).toEqual({
      errorType: 'TypeError',
      errorMessage: 'no such colour',
      trace: expect.arrayContaining(['TypeError: no such colour']),
    });
  });

  it.each([
    [
      'a module that is missing',
      'require("./missing.js"); exports.handler = async () => 1;',
      'Runtime.ImportModuleError',
    ],
    ['a handler that is not exported', 'exports.other = async () => 1;', 'Runtime.HandlerNotFound'],
    ['a syntax error', 'exports.handler = async () => {', 'Runtime.UserCodeSyntaxError'],
    ['an error of its own', 'throw new RangeError("bad start");', 'RangeError'],
    ['an exit', 'process.exit(7);', 'Runtime.ExitError'],
  ])('fails the request that started a process whose initialisation ends in %s', async (_what, code, errorType) => {
    fixture.add('broken', code);
    expect(await fixture.error('broken')).toMatchObject({ errorType });
  });

  it('fails at the deadline with Lambda’s timeout error and starts anew for the next request', async () => {
    fixture.add('sleeper', SLEEPER, { timeoutMs: 300 });
    const pid = await fixture.answer('sleeper', { ms: 0 });
    expect(await fixture.error('sleeper', { ms: 5000 })).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: 'RequestId: request-2 Error: Task timed out after 0.30 seconds',
    });
    expect(await fixture.answer('sleeper', { ms: 0 })).not.toBe(pid);
  });

  it('fails at the deadline even where the handler blocks its thread', async () => {
    fixture.add('blocker', 'exports.handler = async () => { for (;;); };', { timeoutMs: 300 });
    expect(await fixture.error('blocker')).toMatchObject({ errorType: 'Sandbox.Timedout' });
  });

  it('fails a request that takes more memory than the function has', async () => {
    const code = `const kept = []; exports.handler = async () => {
      for (let i = 0; i < 40; i++) { kept.push(Buffer.alloc(16 * 1024 * 1024, 1)); await new Promise((done) => setTimeout(done, 20)); }
    };`;
    fixture.add('glutton', code, { memoryMiB: 128 });
    expect(await fixture.error('glutton')).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: 'RequestId: request-1 Error: Runtime exited with error: signal: killed',
    });
  });

  it('fails only the request in whose process the crash was', async () => {
    fixture.add(
      'mixed',
      `exports.handler = async ({ crash }) => {
      await new Promise((done) => setTimeout(done, 200));
      if (crash) process.exit(3);
      return 'well';
    };`,
    );
    const [first, second, third] = await Promise.all([
      fixture.answer('mixed', {}),
      fixture.error('mixed', { crash: true }),
      fixture.answer('mixed', {}),
    ]);
    expect([first, third]).toEqual(['well', 'well']);
    expect(second.errorMessage).toBe('RequestId: request-2 Error: Runtime exited with error: exit status 3');
    expect(await fixture.answer('mixed', {})).toBe('well');
  });

  it('fails the request under way with what nobody caught', async () => {
    fixture.add(
      'loose',
      `exports.handler = () => new Promise(() => { setTimeout(() => { throw new Error('loose end'); }, 10); });`,
    );
    expect(await fixture.error('loose')).toMatchObject({ errorType: 'Error', errorMessage: 'loose end' });
  });

  it('fails an answer above 6 MB', async () => {
    fixture.add('big', 'exports.handler = async () => "x".repeat(7_000_000);');
    expect(await fixture.error('big')).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  it('fails an answer that is no JSON', async () => {
    fixture.add('loop', 'exports.handler = async () => { const a = {}; a.a = a; return a; };');
    expect(await fixture.error('loop')).toMatchObject({ errorType: 'Runtime.JSONStringifyError' });
  });

  it('throttles at once beyond the reserved concurrency', async () => {
    fixture.add('reserved', SLEEPER, { reservedConcurrency: 1 });
    const [first, second] = await Promise.all([
      fixture.call('reserved', { ms: 200 }),
      fixture.call('reserved', { ms: 200 }),
    ]);
    expect(first.kind).toBe('answer');
    expect(second).toEqual({ kind: 'throttled', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' });
  });

  it('writes what a function prints between Lambda’s START, END and REPORT lines', async () => {
    fixture.add('printer', 'exports.handler = async () => { console.warn("two\\nlines"); };');
    await fixture.answer('printer');
    await fixture.host.close();
    const folder = path.join(fixture.directory, 'logs', 'aws', 'lambda', 'printer');
    await vi.waitFor(() => {
      const text = readFileSync(path.join(folder, readdirSync(folder)[0] ?? ''), 'utf8');
      expect(text).toMatch(/START RequestId: request-1 Version: \$LATEST\n/);
      expect(text).toMatch(/\trequest-1\tWARN\ttwo\rlines\n/);
      expect(text).toMatch(/END RequestId: request-1\nREPORT RequestId: request-1\tDuration: /);
    });
  });
});

describe('a function host with limits', () => {
  const limited = async (
    limits: Parameters<typeof createHostFixture>[0],
    run: (fixture: HostFixture) => Promise<void>,
  ) => {
    const own = createHostFixture(limits);
    try {
      await run(own);
    } finally {
      await own.close();
    }
  };

  it('lets requests wait for a process beyond the number of processes', () =>
    limited({ environmentsPerFunction: 1 }, async (own) => {
      own.add('sleeper', SLEEPER);
      const pids = await Promise.all([1, 2, 3].map(() => own.answer('sleeper', { ms: 50 })));
      expect(new Set(pids).size).toBe(1);
    }));

  it('throttles a request that waited longer than the function may take', () =>
    limited({ environmentsPerFunction: 1, initMs: 100 }, async (own) => {
      own.add('sleeper', SLEEPER, { timeoutMs: 1000 });
      await own.answer('sleeper', { ms: 0 });
      const busy = [own.call('sleeper', { ms: 900 }), own.call('sleeper', { ms: 900 })];
      expect(await own.call('sleeper', { ms: 0 })).toEqual({
        kind: 'throttled',
        reason: 'ConcurrentInvocationLimitExceeded',
      });
      await Promise.all(busy);
    }));

  it('ends a process that nobody uses', () =>
    limited({ idleMs: 50 }, async (own) => {
      own.add('counter', COUNTER);
      await own.answer('counter');
      await vi.waitFor(() => expect(own.host.environments()).toBe(0), { timeout: 5000 });
      expect(await own.answer('counter')).toMatchObject({ calls: 1 });
    }));

  it('fails an initialisation that does not end', () =>
    limited({ initMs: 300 }, async (own) => {
      own.add('stuck', 'for (;;);', { timeoutMs: 300 });
      expect(await own.error('stuck')).toMatchObject({ errorType: 'Sandbox.Timedout' });
    }));

  it('leaves no process behind when it closes', async () => {
    const own = createHostFixture();
    own.add('counter', COUNTER);
    const { pid } = (await own.answer('counter')) as { pid: number };
    await own.close();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
