import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import type { BodyMemory } from './body-memory.ts';
import { type CorsConfiguration, corsHeaders, preflightHeaders, withCors } from './cors.ts';
import type { GatewayResponse } from './function-response.ts';
import { type Integration, integrate } from './integration.ts';
import { readBody } from './read-body.ts';
import { message, TOO_MANY_REQUESTS } from './reply.ts';
import { type EventSource, requestEvent } from './request-event.ts';
import type { RequestIds } from './request-ids.ts';
import { parseTarget, pickStage } from './request-target.ts';
import type { RouteTable } from './route-table.ts';

const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

export interface HttpApiRoute {
  readonly integration: Integration;
  /** What `requestContext.authorizer` shows where the route asks for authorization, which is not enforced on loopback. */
  readonly authorizer: Record<string, unknown> | undefined;
}

/** What the answers of one API depend on. */
export interface AnswerSources {
  readonly apiId: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly ids: RequestIds;
  /** A time as an event has it, by milliseconds since the epoch. */
  readonly logTime: (epochMs: number) => string;
  readonly routes: RouteTable<HttpApiRoute>;
  /** Stage variables by the stages' names. */
  readonly stages: ReadonlyMap<string, Readonly<Record<string, string>> | undefined>;
  readonly cors: CorsConfiguration | undefined;
  readonly bodyMemory: BodyMemory;
}

/** Answers one request. @returns undefined where the client went away before it had sent everything */
export async function answerRequest(
  request: IncomingMessage,
  requestId: string,
  sources: AnswerSources,
): Promise<GatewayResponse | undefined> {
  const { cors } = sources;
  const { origin } = request.headers;
  if (cors === undefined || origin === undefined) return await answerByRoute(request, requestId, sources);
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
    return { statusCode: 204, headers: preflightHeaders(cors, origin), body: '' };
  }
  const reply = await answerByRoute(request, requestId, sources);
  return reply === undefined ? undefined : withCors(reply, corsHeaders(cors, origin));
}

async function answerByRoute(
  request: IncomingMessage,
  requestId: string,
  sources: AnswerSources,
): Promise<GatewayResponse | undefined> {
  const { stages, bodyMemory } = sources;
  const method = request.method ?? 'GET';
  const target = parseTarget(request.url ?? '/');
  if (target === undefined) return message(400, 'Bad Request');
  const stage = pickStage(stages, target.path);
  const match = stage === undefined ? undefined : sources.routes.match(method, stage.routePath);
  if (stage === undefined || match === undefined) return message(404, 'Not Found');
  const body = await readBody(request, { limitBytes: BODY_LIMIT_BYTES, memory: bodyMemory });
  if (body === 'aborted') return undefined;
  if (body === 'too-large') return message(413, 'Request Entity Too Large');
  if (body === 'no-room') return TOO_MANY_REQUESTS;
  try {
    const timeEpochMs = sources.clock.now();
    const event = requestEvent(request, eventSource(sources, stage.name), {
      method,
      path: target.path,
      rawQueryString: target.query,
      body: body.bytes,
      routeKey: match.routeKey,
      pathParameters: match.pathParameters,
      authorizer: match.target.authorizer,
      requestId,
      traceId: sources.ids.traceId(timeEpochMs),
      timeEpochMs,
      time: sources.logTime(timeEpochMs),
    });
    return await integrate(match.target.integration, event);
  } finally {
    bodyMemory.giveBack(body.bytes.length);
  }
}

const eventSource = ({ accountId, apiId, stages }: AnswerSources, stage: string): EventSource => ({
  accountId,
  apiId,
  stage,
  stageVariables: stages.get(stage),
});
