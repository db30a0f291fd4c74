import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export type HttpEvent = APIGatewayProxyEventV2;
export type HttpResult = APIGatewayProxyStructuredResultV2;

const JSON_TYPE = 'application/json';

/** An answer whose body is JSON text already. */
export const jsonText = (statusCode: number, body: string, headers: Record<string, string> = {}): HttpResult => ({
  statusCode,
  headers: { 'content-type': JSON_TYPE, ...headers },
  body,
});

/** An answer in JSON. The value must hold no NaN: metrics and signatures are checked on their way in. */
export const json = (statusCode: number, value: unknown, headers: Record<string, string> = {}): HttpResult =>
  jsonText(statusCode, JSON.stringify(value), headers);

/** A page that runs no script and asks nobody for anything. */
export const page = (body: string): HttpResult => ({
  statusCode: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  },
  body,
});
