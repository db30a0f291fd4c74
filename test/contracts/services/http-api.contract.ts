import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Routes and the functions behind them, each the source of a CommonJS `index.js` that exports `handler`. */
export interface HttpApiApp {
  readonly functions: Readonly<Record<string, string>>;
  /** Function name by route key. */
  readonly routes: Readonly<Record<string, string>>;
}

export interface OpenedHttpApi {
  readonly url: string;
  /** The `Host` header by which the API is found, where it is not found by its address. */
  readonly hostHeader?: string;
  close(): Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  json(): unknown;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

/** One request exactly as given: `fetch` would normalise paths and headers. */
export function call(
  { url, hostHeader }: Omit<OpenedHttpApi, 'close'>,
  path: string,
  options: Call = {},
): Promise<Reply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        hostname,
        port,
        path,
        method: options.method ?? 'GET',
        headers: { ...(hostHeader === undefined ? {} : { host: hostHeader }), ...options.headers },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const body = Buffer.concat(chunks);
          const json = () => JSON.parse(body.toString('utf8'));
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body, json });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

const ECHO = 'exports.handler = async (event) => ({ event });';
const named = (name: string): string =>
  `exports.handler = async (event) => ({ by: '${name}', routeKey: event.routeKey, pathParameters: event.pathParameters ?? null });`;
/** Answers with whatever the request's body says. */
const MIRROR = `exports.handler = async (event) =>
  JSON.parse(event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : event.body);`;

export const HTTP_API_APP: HttpApiApp = {
  functions: {
    literal: named('literal'),
    parameter: named('parameter'),
    greedy: named('greedy'),
    fallback: named('fallback'),
    echo: ECHO,
    mirror: MIRROR,
    thrower: 'exports.handler = async () => { throw new Error("secret detail"); };',
  },
  routes: {
    'GET /pets/dog': 'literal',
    'GET /pets/{kind}': 'parameter',
    'ANY /pets/{rest+}': 'greedy',
    'POST /v1/models/{name}': 'parameter',
    'ANY /echo': 'echo',
    'ANY /echo/{first}/x/{second}': 'echo',
    'POST /mirror': 'mirror',
    'GET /throws': 'thrower',
    $default: 'fallback',
  },
};

/**
 * What an HTTP API does with payload format 2.0.
 * @param deviations titles of this suite that a backend is known not to fulfil, each with the reason, which the skipped test shows
 */
export function describeHttpApi(
  name: string,
  open: (app: HttpApiApp) => Promise<OpenedHttpApi>,
  deviations: Readonly<Record<string, string>> = {},
): void {
  describe(`HTTP API: ${name}`, () => {
    let api: OpenedHttpApi;
    beforeAll(async () => {
      api = await open(HTTP_API_APP);
    }, 120_000);
    afterAll(() => api?.close());

    const test = (title: string, run: () => Promise<void>): void => {
      const reason = deviations[title];
      if (reason === undefined) it(title, run);
      else it.skip(`${title} (skipped: ${reason})`, run);
    };
    const mirror = (answer: unknown): Promise<Reply> =>
      call(api, '/mirror', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(answer),
      });
    const eventOf = async (path: string, options?: Call): Promise<Record<string, unknown>> => {
      const reply = await call(api, path, options);
      return (reply.json() as { event: Record<string, unknown> }).event;
    };

    const winners: [string, string, { by: string; routeKey: string; pathParameters: Record<string, string> | null }][] =
      [
        ['GET', '/pets/dog', { by: 'literal', routeKey: 'GET /pets/dog', pathParameters: null }],
        ['GET', '/pets/cat', { by: 'parameter', routeKey: 'GET /pets/{kind}', pathParameters: { kind: 'cat' } }],
        ['GET', '/pets/cat/2', { by: 'greedy', routeKey: 'ANY /pets/{rest+}', pathParameters: { rest: 'cat/2' } }],
        ['PUT', '/pets/dog', { by: 'greedy', routeKey: 'ANY /pets/{rest+}', pathParameters: { rest: 'dog' } }],
        ['GET', '/elsewhere', { by: 'fallback', routeKey: '$default', pathParameters: null }],
      ];
    for (const [method, path, expected] of winners) {
      test(`sends ${method} ${path} to ${expected.routeKey}`, async () => {
        const reply = await call(api, path, { method });
        expect(reply.json()).toEqual(expected);
      });
    }

    test('lets a path parameter span a whole segment', async () => {
      const reply = await call(api, '/v1/models/fraud:predict', { method: 'POST' });
      expect(reply.json()).toMatchObject({ pathParameters: { name: 'fraud:predict' } });
    });

    test('decodes path parameters', async () => {
      const event = await eventOf('/echo/a%20b/x/%C3%BC');
      expect(event['pathParameters']).toEqual({ first: 'a b', second: 'ü' });
    });

    test('shows the request in an event of format 2.0', async () => {
      const event = await eventOf('/echo?a=1&a=2&b=x%20y', { headers: { 'user-agent': 'probe', 'X-Thing': 'one' } });
      expect(event).toMatchObject({
        version: '2.0',
        routeKey: 'ANY /echo',
        rawPath: '/echo',
        headers: { 'user-agent': 'probe', 'x-thing': 'one' },
        requestContext: {
          http: { method: 'GET', path: '/echo', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'probe' },
          routeKey: 'ANY /echo',
          stage: '$default',
        },
        isBase64Encoded: false,
      });
      expect((event['requestContext'] as Record<string, unknown>)['timeEpoch']).toBeTypeOf('number');
    });

    test('keeps the raw query string and joins repeated parameters by commas', async () => {
      const event = await eventOf('/echo?a=1&a=2&b=x%20y&c=');
      expect(event['rawQueryString']).toBe('a=1&a=2&b=x%20y&c=');
      expect(event['queryStringParameters']).toEqual({ a: '1,2', b: 'x y', c: '' });
    });

    test('joins repeated headers by commas', async () => {
      const event = await eventOf('/echo', { headers: { 'x-many': ['one', 'two'] } });
      expect(event['headers']).toMatchObject({ 'x-many': 'one,two' });
    });

    test('takes cookies out of the headers into a list', async () => {
      const event = await eventOf('/echo', { headers: { cookie: 'a=1; b=2' } });
      expect(event['cookies']).toEqual(['a=1', 'b=2']);
      expect(event['headers']).not.toHaveProperty('cookie');
    });

    const types: [string | undefined, boolean][] = [
      ['application/json', true],
      ['application/json; charset=utf-8', true],
      ['text/csv', true],
      ['application/xml', true],
      ['application/javascript', true],
      ['application/octet-stream', false],
      ['application/x-www-form-urlencoded', false],
      ['application/vnd.api+json', false],
      [undefined, false],
    ];
    for (const [type, isText] of types) {
      test(`hands on a body of ${type ?? 'no content type'} as ${isText ? 'text' : 'base64'}`, async () => {
        const event = await eventOf('/echo', {
          method: 'POST',
          headers: type === undefined ? {} : { 'content-type': type },
          body: '{"ü":1}',
        });
        expect(event['isBase64Encoded']).toBe(!isText);
        expect(event['body']).toBe(isText ? '{"ü":1}' : Buffer.from('{"ü":1}').toString('base64'));
      });
    }

    const survivors: [string, Record<string, string>, Buffer][] = [
      ['compressed JSON', { 'content-encoding': 'gzip' }, gzipSync('{"a":1}')],
      ['JSON that is not UTF-8', {}, Buffer.from([0x22, 0xff, 0x22])],
    ];
    for (const [what, headers, body] of survivors) {
      test(`hands on ${what} without losing a byte`, async () => {
        const event = await eventOf('/echo', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        });
        expect(event['isBase64Encoded']).toBe(true);
        expect(event['body']).toBe(body.toString('base64'));
      });
    }

    test('carries binary bodies of the function back as bytes', async () => {
      const bytes = Buffer.from([0, 255, 128, 10]);
      const reply = await mirror({
        statusCode: 201,
        headers: { 'Content-Type': 'application/octet-stream' },
        body: bytes.toString('base64'),
        isBase64Encoded: true,
      });
      expect(reply.status).toBe(201);
      expect(reply.headers['content-type']).toBe('application/octet-stream');
      expect(reply.body).toEqual(bytes);
    });

    test('answers 200 and JSON where the function names no status', async () => {
      const reply = await mirror({ hello: 'you' });
      expect(reply.status).toBe(200);
      expect(reply.headers['content-type']).toBe('application/json');
      expect(reply.json()).toEqual({ hello: 'you' });
    });

    test('answers a bare string as the body', async () => {
      const reply = await mirror('plain');
      expect(reply.status).toBe(200);
      expect(reply.body.toString()).toBe('plain');
    });

    test('hands on status, headers and cookies', async () => {
      const reply = await mirror({
        statusCode: 418,
        headers: { 'X-Kind': 'tea', 'x-n': 3 },
        cookies: ['a=1', 'b=2'],
        body: 'short',
      });
      expect(reply.status).toBe(418);
      expect(reply.headers).toMatchObject({ 'x-kind': 'tea', 'x-n': '3', 'set-cookie': ['a=1', 'b=2'] });
      expect(reply.body.toString()).toBe('short');
    });

    test('calls a body without a content type plain text', async () => {
      const reply = await mirror({ statusCode: 200, body: 'short' });
      expect(reply.headers['content-type']).toBe('text/plain;charset=UTF-8');
    });

    test('fails a function that throws with 500 and no detail', async () => {
      const reply = await call(api, '/throws');
      expect(reply.status).toBe(500);
      expect(reply.json()).toEqual({ message: 'Internal Server Error' });
    });

    test('fails an answer whose body is no text with 500', async () => {
      const reply = await mirror({ statusCode: 200, body: { not: 'text' } });
      expect(reply.status).toBe(500);
    });
  });
}
