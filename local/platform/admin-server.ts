import { createServer, type IncomingMessage, type Server } from 'node:http';
import * as z from 'zod';
import type { Agenda } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import { readBody } from '../gateway/read-body.ts';

const Step = z.strictObject({ advanceMs: z.int().min(0) });
const BODY_LIMIT_BYTES = 1024;

interface Answer {
  readonly statusCode: number;
  readonly value: unknown;
}

export interface AdminSources {
  readonly clock: Clock;
  readonly agenda: Pick<Agenda, 'advance'>;
  /** What can be looked at, by path. */
  readonly views: Readonly<Record<string, () => unknown>>;
}

/**
 * What one machine has and AWS has not: `GET /clock`, `POST /clock {"advanceMs": n}`, answered when everything that was due on the
 * way is done, and the views.
 */
export function createAdminServer(sources: AdminSources): Server {
  return createServer((request, response) => {
    answer(request, sources).then(({ statusCode, value }) => {
      response.writeHead(statusCode, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    });
  });
}

async function answer(request: IncomingMessage, { clock, agenda, views }: AdminSources): Promise<Answer> {
  // A web page of the same browser may reach loopback; it always says where it comes from.
  if (request.headers.origin !== undefined) return refusal(403, 'requests from web pages are not answered');
  const view = Object.hasOwn(views, request.url ?? '') ? views[request.url ?? ''] : undefined;
  if (view !== undefined && request.method === 'GET') return { statusCode: 200, value: view() };
  if (request.url !== '/clock') {
    return refusal(404, `there is no ${request.url}; there is ${['/clock', ...Object.keys(views)].join(', ')}`);
  }
  if (request.method === 'GET') return { statusCode: 200, value: reading(clock) };
  if (request.method !== 'POST') return refusal(405, `/clock takes GET and POST, not ${request.method}`);
  const body = await readBody(request, { limitBytes: BODY_LIMIT_BYTES });
  const step = typeof body === 'object' ? parseStep(body.bytes) : undefined;
  if (step === undefined) return refusal(400, 'send {"advanceMs": n}, n a whole number of 0 or more');
  try {
    await agenda.advance(step);
  } catch (error) {
    return refusal(error instanceof RangeError ? 400 : 500, error instanceof Error ? error.message : String(error));
  }
  return { statusCode: 200, value: reading(clock) };
}

function parseStep(bytes: Buffer): number | undefined {
  try {
    return Step.safeParse(JSON.parse(bytes.toString('utf8'))).data?.advanceMs;
  } catch {
    // No JSON: told by the caller.
    return undefined;
  }
}

const reading = (clock: Clock) => ({ nowMs: clock.now(), offsetMs: clock.offsetMs() });

const refusal = (statusCode: number, message: string): Answer => ({ statusCode, value: { message } });
