import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export interface EventParts {
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeEpoch?: number;
}

/** Midday of some day. */
export const EVENT_TIME = Date.UTC(2026, 5, 1, 12);

/**
 * An event as API Gateway's HTTP API hands it to a function: payload format 2.0. A Buffer travels in base64.
 *
 * @param route `METHOD /path`; `template` is the route key it matches where that has parameters
 */
export function httpEvent(route: string, parts: EventParts = {}, template = route): APIGatewayProxyEventV2 {
  const { body, headers = {}, timeEpoch = EVENT_TIME } = parts;
  const [method = '', path = ''] = route.split(' ');
  const isBase64Encoded = Buffer.isBuffer(body);
  const parameters = pathParameters(template.split(' ')[1] ?? '', path);
  return {
    version: '2.0',
    routeKey: template,
    rawPath: path,
    rawQueryString: '',
    headers,
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'request-1',
      routeKey: template,
      stage: '$default',
      time: new Date(timeEpoch).toISOString(),
      timeEpoch,
    },
    ...(body !== undefined && { body: isBase64Encoded ? body.toString('base64') : body }),
    isBase64Encoded,
  };
}

function pathParameters(template: string, path: string): Record<string, string> {
  const values = path.split('/');
  const names = template.split('/').map((segment) => /^\{(\w+)\}$/.exec(segment)?.[1]);
  return Object.fromEntries(
    names.flatMap((name, at) => (name === undefined ? [] : [[name, decodeURIComponent(values[at] ?? '')]])),
  );
}
