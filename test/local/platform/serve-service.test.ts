import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../../local/platform/listen.ts';
import { serveService } from '../../../local/platform/serve-service.ts';
import { call } from '../../contracts/services/http-api.contract.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** A service that answers whatever reaches it. */
async function open(endpointId: string): Promise<{ url: string }> {
  server = serveService({
    endpointId,
    handle: async (_request, response) => void response.end('{}'),
    close: () => undefined,
  });
  return { url: await listen(server, '127.0.0.1', 0) };
}

const SIGNED = '/bucket/key?X-Amz-Signature=ab';
const PAGE = { origin: 'https://a.example' };

describe('the server of a local service', () => {
  it.each([
    ['the SDK', 'LAMBDA', 'POST', '/2015-03-31/functions/f/invocations', {}],
    ['a page with the URL of an upload', 'S3', 'PUT', SIGNED, PAGE],
    ['a page that asks whether it may', 'S3', 'OPTIONS', '/bucket/key', PAGE],
  ])('answers a request from %s', async (_what, endpointId, method, path, headers) => {
    expect((await call(await open(endpointId), path, { method, headers })).status).toBe(200);
  });

  it.each([
    ['a page that invokes a function', 'LAMBDA', 'POST', '/2015-03-31/functions/f/invocations', PAGE],
    [
      'a page that pretends a signature',
      'LAMBDA',
      'POST',
      '/2015-03-31/functions/f/invocations?X-Amz-Signature=',
      PAGE,
    ],
    ['a page that deletes objects', 'S3', 'POST', '/bucket?delete', PAGE],
    ['a name that was made to mean 127.0.0.1', 'S3', 'GET', '/bucket', { host: 'evil.example' }],
  ])('fails a request from %s', async (_what, endpointId, method, path, headers) => {
    const reply = await call(await open(endpointId), path, { method, headers });
    expect([reply.status, reply.json()]).toEqual([403, { message: expect.stringContaining('Forbidden') }]);
  });
});
