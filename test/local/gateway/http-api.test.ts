import { connect } from 'node:net';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClock } from '../../../local/clock.ts';
import { call } from '../../contracts/services/http-api.contract.ts';
import { type HttpApiFixture, openHttpApi } from './http-api-fixture.ts';

const ECHO = {
  functions: { echo: 'exports.handler = async (event) => ({ event });' },
  routes: { 'ANY /{path+}': 'echo' },
};

let opened: HttpApiFixture | undefined;
const open = async (...parameters: Parameters<typeof openHttpApi>): Promise<HttpApiFixture> => {
  opened = await openHttpApi(...parameters);
  return opened;
};
afterEach(() => opened?.close());

/** Sends bytes as they are and gives all that comes back until the server closes. */
function raw(url: string, send: (write: (text: string) => void) => void): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => send((text) => socket.write(text)));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
  });
}

describe('the local HTTP API', () => {
  it('fails a path without a route', async () => {
    const api = await open(ECHO);
    const reply = await call(api, '/');
    expect([reply.status, reply.json()]).toEqual([404, { message: 'Not Found' }]);
  });

  it('looks for the route in the decoded path, as AWS does', async () => {
    const api = await open(ECHO);
    const reply = await call(api, '/a%2Fb?q=%2F');
    expect(reply.json()).toMatchObject({
      event: { rawPath: '/a/b', rawQueryString: 'q=%2F', pathParameters: { path: 'a/b' } },
    });
  });

  it('takes any name for a header and a parameter', async () => {
    const api = await open(ECHO);
    const reply = await call(api, '/a?constructor=1', { headers: { constructor: 'x' } });
    const { event } = reply.json() as { event: Record<string, Record<string, string>> };
    expect(event['headers']?.['constructor']).toBe('x');
    expect(event['queryStringParameters']?.['constructor']).toBe('1');
  });

  it('fails a path that cannot be decoded', async () => {
    const api = await open(ECHO);
    expect((await call(api, '/a%zz')).status).toBe(400);
  });

  it('shows what AWS adds to the headers, and a fresh request id in event and answer', async () => {
    const api = await open(ECHO);
    const reply = await call(api, '/a', { headers: { 'x-forwarded-for': '10.0.0.1' } });
    const { event } = reply.json() as {
      event: { headers: Record<string, string>; requestContext: { requestId: string } };
    };
    expect(event.headers).toMatchObject({
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': new URL(api.url).port,
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    });
    expect(event.headers).not.toHaveProperty('connection');
    expect(reply.headers['apigw-requestid']).toBe(event.requestContext.requestId);
  });

  it('takes the time of a request from the platform’s clock', async () => {
    const clock = createClock({ wall: () => Date.UTC(2026, 0, 2, 3, 4, 5), offsetMs: 86_400_000 });
    const api = await open(ECHO, { clock });
    const reply = await call(api, '/a');
    expect(reply.json()).toMatchObject({
      event: { requestContext: { timeEpoch: Date.UTC(2026, 0, 3, 3, 4, 5), time: '03/Jan/2026:03:04:05 +0000' } },
    });
  });

  it('finds a named stage by the first segment of the path', async () => {
    const api = await open({ ...ECHO, routes: { 'GET /a': 'echo' } });
    api.api.addStage('prod', { colour: 'blue' });
    expect((await call(api, '/prod/a')).json()).toMatchObject({
      event: {
        rawPath: '/prod/a',
        routeKey: 'GET /a',
        requestContext: { stage: 'prod' },
        stageVariables: { colour: 'blue' },
      },
    });
    expect((await call(api, '/a')).json()).toMatchObject({ event: { requestContext: { stage: '$default' } } });
  });

  it('answers HEAD without a body', async () => {
    const api = await open(ECHO);
    const reply = await call(api, '/a', { method: 'HEAD' });
    expect([reply.status, reply.body.length]).toEqual([200, 0]);
  });

  it('carries a body of 4 MiB in base64', async () => {
    const length = 'exports.handler = async (event) => ({ bytes: Buffer.from(event.body, "base64").length });';
    const api = await open({ functions: { length }, routes: { 'POST /': 'length' } });
    const reply = await call(api, '/', { method: 'POST', body: Buffer.alloc(4 * 1024 * 1024, 7) });
    expect(reply.json()).toEqual({ bytes: 4 * 1024 * 1024 });
  });

  it.each([
    ['beyond the gateway’s 10 MB', 11],
    ['beyond Lambda’s 6 MB once in base64', 5],
  ])('fails a body %s', async (_what, mib) => {
    const api = await open(ECHO);
    const reply = await call(api, '/a', { method: 'POST', body: Buffer.alloc(mib * 1024 * 1024) });
    expect([reply.status, reply.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  it('fails with 503 when the integration takes longer than its timeout', async () => {
    const slow = 'exports.handler = () => new Promise((done) => setTimeout(done, 3000));';
    const api = await open({ functions: { slow }, routes: { 'GET /': 'slow' } }, { integrationTimeoutMs: 200 });
    const reply = await call(api, '/');
    expect([reply.status, reply.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });

  it('fails with 500 when the function’s own time is over', async () => {
    const slow = 'exports.handler = () => new Promise(() => setInterval(() => {}, 1000));';
    const api = await open({ functions: { slow }, routes: { 'GET /': 'slow' } }, { config: { timeoutMs: 200 } });
    expect((await call(api, '/')).status).toBe(500);
  });

  it('fails with 429 when the function is throttled, and says when to come again', async () => {
    const api = await open(ECHO, { config: { reservedConcurrency: 0 } });
    const reply = await call(api, '/a');
    expect([reply.status, reply.json()]).toEqual([429, { message: 'Too Many Requests' }]);
    expect(reply.headers).toMatchObject({ 'retry-after': '1', 'x-amzn-errortype': 'ThrottlingException' });
  });

  it('is throttled in the eyes of a client of SageMaker’s runtime', async () => {
    const api = await open(
      { ...ECHO, routes: { 'POST /endpoints/{name}/invocations': 'echo' } },
      { config: { reservedConcurrency: 0 } },
    );
    const client = new SageMakerRuntimeClient({
      endpoint: api.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
    await expect(client.send(new InvokeEndpointCommand({ EndpointName: 'fraud', Body: '' }))).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Too Many Requests',
      $metadata: { httpStatusCode: 429 },
    });
  });

  it('survives an answer with a header that HTTP does not allow', async () => {
    const silenced = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const broken = 'exports.handler = async () => ({ statusCode: 200, headers: { "x-a": "a\\nb" } });';
    const api = await open({ functions: { broken }, routes: { 'GET /': 'broken' } });
    expect((await call(api, '/')).status).toBe(500);
    silenced.mockRestore();
  });
});

describe('the local HTTP API against bad clients', () => {
  it('fails a sender that does not finish its headers', async () => {
    const api = await open(ECHO, { limits: { headersTimeoutMs: 200 } });
    const answer = await raw(api.url, (write) => write('GET /a HTTP/1.1\r\nhost: localhost\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('fails a sender that does not finish its body', async () => {
    const api = await open(ECHO, { limits: { headersTimeoutMs: 200, requestTimeoutMs: 400 } });
    const answer = await raw(api.url, (write) =>
      write('POST /a HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nabc'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('fails headers above the quota', async () => {
    const api = await open(ECHO);
    const answer = await raw(api.url, (write) =>
      write(`GET /a HTTP/1.1\r\nhost: localhost\r\nx-big: ${'a'.repeat(12_000)}\r\n\r\n`),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('fails what is no HTTP', async () => {
    const api = await open(ECHO);
    expect(await raw(api.url, (write) => write('hello there\r\n\r\n'))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('goes on when clients leave in mid-body and in mid-answer', async () => {
    const slow = 'exports.handler = () => new Promise((done) => setTimeout(done, 100));';
    const api = await open({ functions: { slow }, routes: { 'ANY /': 'slow' } });
    const leave = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => {
          socket.write(text, () => {
            socket.destroy();
            resolve();
          });
        });
      });
    await Promise.all([
      leave('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nabc'),
      leave('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'),
    ]);
    expect((await call(api, '/')).status).toBe(200);
  });
});

describe('the memory that bodies take in the local HTTP API', () => {
  const MIB = 1024 * 1024;
  const slow = 'exports.handler = () => new Promise((done) => setTimeout(() => done({}), 300));';
  const openSmall = () =>
    open({ functions: { slow }, routes: { 'POST /': 'slow' } }, { limits: { bodyMemoryBytes: 3 * MIB } });
  const post = async (api: HttpApiFixture, bytes: number) =>
    (await call(api, '/', { method: 'POST', body: Buffer.alloc(bytes) })).status;

  it('fails with 429 for what does not fit beside the others, and only for that', async () => {
    const api = await openSmall();
    const statuses = await Promise.all(Array.from({ length: 6 }, () => post(api, MIB)));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(3);
  });

  it('is free again after every kind of end', async () => {
    const api = await openSmall();
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await post(api, 4 * MIB)).toBe(429);
      const gone = connect(Number(new URL(api.url).port), '127.0.0.1', () => {
        gone.write(`POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${3 * MIB}\r\n\r\n`);
        gone.write(Buffer.alloc(2 * MIB), () => gone.destroy());
      });
      await new Promise((resolve) => gone.on('close', resolve));
      await vi.waitFor(async () => expect(await post(api, 3 * MIB - 1)).toBe(200), { timeout: 5000 });
    }
  });

  it('takes a crowd of bodies in turns, each whole', async () => {
    const sum = 'exports.handler = async (event) => ({ bytes: Buffer.from(event.body, "base64").length });';
    const api = await open({ functions: { sum }, routes: { 'POST /': 'sum' } });
    const sizes = Array.from({ length: 24 }, (_, at) => MIB + at);
    const replies = await Promise.all(
      sizes.map((size) => call(api, '/', { method: 'POST', body: Buffer.alloc(size) })),
    );
    expect(replies.map((reply) => reply.json())).toEqual(sizes.map((bytes) => ({ bytes })));
  });
});

describe('the token of the local HTTP API', () => {
  it.each([
    ['none', undefined, 401],
    ['a wrong one', 'Bearer wrong', 401],
    ['an empty one', 'Bearer ', 401],
    ['the right one', 'Bearer right', 200],
  ])('answers a request with %s', async (_what, authorization, status) => {
    const api = await open(ECHO, { token: 'right' });
    const reply = await call(api, '/a', { headers: authorization === undefined ? {} : { authorization } });
    expect(reply.status).toBe(status);
  });
});

describe('web pages of the same browser', () => {
  const LIST = { AllowOrigins: ['https://a.example'] };
  const ask = (api: HttpApiFixture, method: string, headers: Record<string, string | string[]>) =>
    call(api, '/a', { method, headers });

  it.each([
    ['a name that was made to mean 127.0.0.1', 'GET', { host: 'evil.example' }],
    ['such a name with the port', 'POST', { host: 'evil.example:8080' }],
    ['a name that only looks local', 'GET', { host: 'localhost.evil.example' }],
    ['an address that only looks local', 'GET', { host: '127.0.0.1.evil.example' }],
    ['another machine’s address', 'GET', { host: '192.168.1.1' }],
    ['another page', 'POST', { origin: 'https://evil.example' }],
    ['another program’s page on this machine', 'DELETE', { origin: 'http://localhost:3000' }],
    ['a page without an origin', 'POST', { origin: 'null' }],
    ['a page that CORS does not name', 'PUT', { origin: 'https://a.example.evil.example' }],
  ])('fails a request from %s', async (_what, method, headers) => {
    const api = await open(ECHO, { cors: LIST });
    const reply = await ask(api, method, headers);
    expect([reply.status, reply.json()]).toEqual([403, { message: expect.stringContaining('Forbidden') }]);
  });

  it.each([
    ['a program', 'POST', {}],
    ['a program by the name localhost', 'POST', { host: 'localhost:8080' }],
    ['a program by a name below localhost', 'POST', { host: 'models.localhost' }],
    ['a program by IPv6', 'POST', { host: '[::1]:8080' }],
    ['the API’s own page', 'POST', { host: 'localhost:8080', origin: 'http://localhost:8080' }],
    ['a page that CORS names', 'POST', { origin: 'https://a.example' }],
    ['another page that only asks', 'GET', { origin: 'https://evil.example' }],
  ])('answers a request from %s', async (_what, method, headers) => {
    const api = await open(ECHO, { cors: LIST });
    expect((await ask(api, method, headers)).status).toBe(200);
  });

  it('answers any name and page that has the token', async () => {
    const api = await open(ECHO, { token: 'right' });
    const headers = { host: 'models.example', origin: 'https://a.example', authorization: 'Bearer right' };
    expect((await ask(api, 'POST', headers)).status).toBe(200);
  });

  it('fails a request with two hosts, or none', async () => {
    const api = await open(ECHO);
    const two = await raw(api.url, (write) =>
      write('GET /a HTTP/1.1\r\nhost: localhost\r\nhost: a\r\nconnection: close\r\n\r\n'),
    );
    expect(two).toMatch(/^HTTP\/1\.1 403 /);
    const none = await raw(api.url, (write) => write('GET /a HTTP/1.1\r\nconnection: close\r\n\r\n'));
    expect(none).toMatch(/^HTTP\/1\.1 400 .*\{"message":"Bad Request"\}$/s);
  });
});

describe('CORS of the local HTTP API', () => {
  const cors = {
    AllowOrigins: ['https://a.example'],
    AllowMethods: ['POST'],
    AllowHeaders: ['content-type'],
    MaxAge: 60,
  };

  it('answers a preflight itself', async () => {
    const api = await open(ECHO, { cors });
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' };
    const reply = await call(api, '/a', { method: 'OPTIONS', headers });
    expect(reply.status).toBe(204);
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '60',
    });
  });

  it('puts its headers in place of the function’s', async () => {
    const own = 'exports.handler = async () => ({ statusCode: 200, headers: { "Access-Control-Allow-Origin": "*" } });';
    const api = await open({ functions: { own }, routes: { 'GET /': 'own' } }, { cors });
    const allowed = await call(api, '/', { headers: { origin: 'https://a.example' } });
    const other = await call(api, '/', { headers: { origin: 'https://b.example' } });
    expect(allowed.headers['access-control-allow-origin']).toBe('https://a.example');
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });
});
