import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { answerRequest, type HttpApiRoute } from './answer-request.ts';
import { createBearerCheck } from './bearer-check.ts';
import { createBodyMemory } from './body-memory.ts';
import { type CorsConfiguration, isAllowedOrigin } from './cors.ts';
import type { GatewayResponse } from './function-response.ts';
import { refuseWebPage } from './refuse-web-page.ts';
import { message, refuseConnection, refuseTunnel, sendReply } from './reply.ts';
import { createCommonLogTime } from './request-event.ts';
import { createRequestIds } from './request-ids.ts';
import { createRouteTable } from './route-table.ts';

export interface HttpApiLimits {
  /** How long a client may take to send its headers, and its whole request. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly connections: number;
  /** Of all bodies that are read, wait or are answered. */
  readonly bodyMemoryBytes: number;
}

export interface HttpApiOptions {
  readonly apiId: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly cors?: CorsConfiguration | undefined;
  /** Every request must carry it as a bearer token; absent on loopback. */
  readonly token?: string | undefined;
  readonly limits?: Partial<HttpApiLimits>;
  /** Told of every answer; called with every request, so it must be cheap. */
  readonly onAnswer?: (statusCode: number, latencyMs: number) => void;
}

/** One HTTP API: API Gateway's data plane for payload format 2.0. */
export interface HttpApi {
  readonly server: Server;
  addRoute(routeKey: string, route: HttpApiRoute): void;
  addStage(name: string, variables?: Readonly<Record<string, string>>): void;
  /** Until then every request is answered with 503: routes may be missing. */
  open(): void;
  /** Stops listening and waits for the requests under way, at most so long. */
  close(drainMs: number): Promise<void>;
}

const DEFAULT_LIMITS: HttpApiLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  connections: 4096,
  bodyMemoryBytes: 256 * 1024 * 1024,
};
/** AWS's quota for the request line and all headers together. */
const HEADER_LIMIT_BYTES = 10_240;

export function createHttpApi(options: HttpApiOptions): HttpApi {
  const routes = createRouteTable<HttpApiRoute>();
  const stages = new Map<string, Readonly<Record<string, string>> | undefined>();
  const ids = createRequestIds();
  const isAllowed = createBearerCheck(options.token);
  const mayCall = (origin: string) => options.cors !== undefined && isAllowedOrigin(options.cors, origin);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const sources = {
    ...options,
    cors: options.cors,
    ids,
    logTime: createCommonLogTime(),
    routes,
    stages,
    bodyMemory: createBodyMemory(limits.bodyMemoryBytes),
  };
  let opened = false;
  let closing = false;

  const admit = async (request: IncomingMessage, requestId: string): Promise<GatewayResponse | undefined> => {
    if (!isAllowed(request.headers.authorization)) return message(401, 'Unauthorized');
    if (request.headers.host === undefined && request.httpVersion === '1.1') return message(400, 'Bad Request');
    const refusal = options.token === undefined ? refuseWebPage(request, mayCall) : undefined;
    if (refusal !== undefined) return message(403, refusal);
    return opened ? await answerRequest(request, requestId, sources) : message(503, 'Service Unavailable');
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = ids.requestId();
    const startedMs = performance.now();
    const reply = await admit(request, requestId);
    if (reply === undefined || response.destroyed) return;
    options.onAnswer?.(reply.statusCode, performance.now() - startedMs);
    // The rest of a refused body is read and dropped: closing at once would reset the connection before the client has its answer.
    request.resume();
    response.setHeader('apigw-requestid', requestId);
    if (closing) response.setHeader('connection', 'close');
    sendReply(request, response, reply);
  };

  const server = createServer(
    {
      maxHeaderSize: HEADER_LIMIT_BYTES,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs),
      noDelay: true,
      // Two hosts are none that can be trusted, and a missing one is answered like every other mistake.
      joinDuplicateHeaders: true,
      requireHostHeader: false,
    },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        console.error('the local HTTP API failed on a request', error);
        if (!response.headersSent) sendReply(request, response, message(500, 'Internal Server Error'));
        else response.destroy();
      });
    },
  );
  server.maxConnections = limits.connections;
  server.on('clientError', refuseConnection);
  server.on('connect', refuseTunnel);
  server.on('checkExpectation', (request, response) => {
    sendReply(request, response, message(417, 'Expectation Failed'));
  });

  return {
    server,
    addRoute: (routeKey, target) => routes.add(routeKey, target),
    addStage: (name, variables) => stages.set(name, variables),
    open() {
      opened = true;
    },
    close: (drainMs) =>
      new Promise((resolve) => {
        // Else a kept-alive connection would hold the server until the drain is over.
        closing = true;
        const timer = setTimeout(() => server.closeAllConnections(), drainMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
