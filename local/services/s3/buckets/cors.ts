import type { ServerResponse } from 'node:http';
import { sendEmpty } from '../protocol/respond.ts';
import { S3Error } from '../protocol/s3-error.ts';
import type { S3Request } from '../protocol/s3-request.ts';
import type { CorsRule } from './bucket-settings.ts';

/** Lets a page of an allowed origin read the answer. To be called before anything is sent. */
export function addCorsHeaders(request: S3Request, response: ServerResponse, rules: readonly CorsRule[]): void {
  const origin = request.header('origin');
  if (origin === undefined) return;
  const rule = matchingRule(rules, { origin, method: request.method, headers: [] });
  if (rule === undefined) return;
  for (const [name, value] of Object.entries(headersOf(rule, origin))) response.setHeader(name, value);
}

/** Answers the question that a browser asks before a request of another origin. @throws `AccessForbidden` when no rule allows it */
export function answerPreflight(request: S3Request, response: ServerResponse, rules: readonly CorsRule[]): void {
  const origin = request.header('origin');
  const method = request.header('access-control-request-method');
  if (origin === undefined || method === undefined) {
    throw new S3Error('InvalidRequest', { message: 'Insufficient information. Origin request header needed.' });
  }
  const asked = request.header('access-control-request-headers') ?? '';
  const headers = asked.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim().toLowerCase()]));
  const rule = matchingRule(rules, { origin, method, headers });
  if (rule === undefined) {
    const message = rules.length === 0 ? { message: 'CORSResponse: CORS is not enabled for this bucket.' } : {};
    throw new S3Error('AccessForbidden', message);
  }
  sendEmpty(response, 200, {
    ...headersOf(rule, origin),
    ...(headers.length === 0 ? {} : { 'access-control-allow-headers': headers.join(', ') }),
    ...(rule.maxAgeS === undefined ? {} : { 'access-control-max-age': String(rule.maxAgeS) }),
  });
}

interface Question {
  readonly origin: string;
  readonly method: string;
  readonly headers: readonly string[];
}

const matchingRule = (rules: readonly CorsRule[], { origin, method, headers }: Question) =>
  rules.find(
    (rule) =>
      rule.methods.includes(method) &&
      rule.origins.some((pattern) => matches(pattern, origin)) &&
      headers.every((name) => rule.headers.some((pattern) => matches(pattern.toLowerCase(), name))),
  );

function headersOf(rule: CorsRule, origin: string): Record<string, string> {
  const open = rule.origins.includes('*');
  return {
    'access-control-allow-origin': open ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    ...(rule.exposed.length === 0 ? {} : { 'access-control-expose-headers': rule.exposed.join(', ') }),
    ...(open ? {} : { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** A pattern holds at most one `*`. */
function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === text;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
