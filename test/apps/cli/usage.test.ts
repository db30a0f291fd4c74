import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeApi, failure, startFakeApi } from '../../support/fake-api.ts';
import { runKeelson } from '../../support/run-cli.ts';

let api: FakeApi;

beforeEach(async () => {
  api = await startFakeApi();
});

afterEach(() => api.close());

/** A URL where nothing listens. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe('the command line', () => {
  it.each([
    { args: ['teleport'], message: "unknown command 'teleport'" },
    { args: ['services', '--frobnicate'], message: "unknown option '--frobnicate'" },
    { args: ['services', 'fraud'], message: 'too many arguments' },
    { args: ['versions'], message: "missing required argument 'service'" },
    { args: ['versions', 'no/name'], message: 'a service name is 1 to 63 letters' },
    { args: ['register', 'fraud'], message: "missing required argument 'model.onnx'" },
    { args: ['rollout', 'fraud', 'latest'], message: 'A version is a number' },
    { args: ['rollout', 'fraud', '0'], message: 'A version is a number' },
    { args: ['rollout', 'fraud', '1', '--strategy', 'hope'], message: 'Allowed choices are all-at-once' },
    { args: ['predict', 'fraud'], message: "required option '--input <file>' not specified" },
    { args: ['predict', 'fraud', '--input', 'f.csv', '--batch-rows', '0'], message: 'a whole number of at least 1' },
    { args: ['services', '--url', 'localhost:8080'], message: 'It must be an http or https URL' },
    { args: [], message: 'Usage: keelson' },
  ])('fails with exit code 2 for $args', async ({ args, message }) => {
    const { code, stdout, stderr } = await runKeelson(args, { env: { KEELSON_URL: api.url } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(api.requests).toEqual([]);
  });

  it('fails with exit code 2 for a KEELSON_URL that is no URL', async () => {
    const { code, stderr } = await runKeelson(['services'], { env: { KEELSON_URL: 'production' } });
    expect(code).toBe(2);
    expect(stderr).toContain('KEELSON_URL is "production", which is not an http or https URL');
  });

  it.each([['--help'], ['help'], ['register', '--help'], ['help', 'register']])(
    'explains itself for %s %s',
    async (...args) => {
      const { code, stdout, stderr } = await runKeelson(args.filter((arg) => arg !== undefined));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Usage: keelson');
      expect(stdout).toContain('Examples:\n  keelson');
      expect(stdout).toContain('--json');
    },
  );

  it('tells its version', async () => {
    expect(await runKeelson(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });

  it('fails with what was tried and what to do where nothing listens', async () => {
    const url = await deadUrl();
    const { code, stdout, stderr } = await runKeelson(['services', '--json'], { env: { KEELSON_URL: url } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`no answer from ${url}/api/services: connection refused`);
    expect(stderr).toContain('`npm start`');
    expect(stderr).not.toMatch(/\bat .*:\d+/);
  });

  it('takes --url before KEELSON_URL, with a path below it', async () => {
    const env = { KEELSON_URL: await deadUrl() };
    api.predict = () => ({ body: '{"services":[]}' });
    const { code } = await runKeelson(['services', '--url', `${api.url}/stage/`], { env });
    expect(code).toBe(0);
    expect(api.requests[0]?.path).toBe('/stage/api/services');
  });

  it('sends a token as bearer token, from the option or the environment', async () => {
    await runKeelson(['services', '--url', api.url, '--token', 'one'], { env: { KEELSON_TOKEN: 'two' } });
    await runKeelson(['services', '--url', api.url], { env: { KEELSON_TOKEN: 'two' } });
    await runKeelson(['services', '--url', api.url], { env: { KEELSON_TOKEN: '' } });
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two', undefined]);
  });

  it('signs on request with AWS credentials, for a domain that does not tell its region', async () => {
    const credentials = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };
    const { code } = await runKeelson(['services', '--url', api.url, '--sign'], { env: credentials });
    expect(code).toBe(0);
    expect(api.requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/execute-api\//,
    );
  });

  it('fails where it has to sign and does not know the region', async () => {
    const { code, stderr } = await runKeelson(['services', '--url', api.url, '--sign']);
    expect(code).toBe(1);
    expect(stderr).toContain('set AWS_REGION');
  });

  it('fails with a hint where API Gateway refuses the credentials', async () => {
    api.interrupt({
      status: 403,
      body: '{"message":"Forbidden"}',
      headers: { 'x-amzn-errortype': 'ForbiddenException' },
    });
    const { code, stderr } = await runKeelson(['services', '--url', api.url]);
    expect(code).toBe(1);
    expect(stderr).toContain('Forbidden (ForbiddenException, HTTP 403)');
    expect(stderr).toContain('execute-api:Invoke');
  });

  it('fails with a hint where a token is wanted', async () => {
    api.interrupt({ status: 401, body: '{"message":"Unauthorized"}' });
    const { code, stderr } = await runKeelson(['services', '--url', api.url]);
    expect(code).toBe(1);
    expect(stderr).toBe('keelson: Unauthorized (HTTP 401)\ngive a token with --token or KEELSON_TOKEN\n');
  });

  it('fails where another program answers on the port', async () => {
    api.interrupt({ body: '<html>Welcome to nginx</html>' });
    const { code, stderr } = await runKeelson(['services', '--url', api.url]);
    expect(code).toBe(1);
    expect(stderr).toContain('the answer to GET /api/services is not Keelson');
    api.interrupt({ body: '{"services":[{"service":"fraud"}]}' });
    const other = await runKeelson(['services', '--url', api.url]);
    expect(other.stderr).toContain('services.0.declared');
  });

  it('tries again after a passing failure, and succeeds', async () => {
    api.interrupt(failure(503, 'registry.unavailable', 'later'), {
      status: 429,
      body: '{"message":"Too Many Requests"}',
    });
    const { code } = await runKeelson(['services', '--url', api.url]);
    expect(code).toBe(0);
    expect(api.requests).toHaveLength(3);
  });
});
